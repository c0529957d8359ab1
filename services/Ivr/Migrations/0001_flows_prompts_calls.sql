-- What is said: text that was spoken, or a recording that replaced it. The audio is a file named by the hash.
CREATE TABLE prompts (
  tenant uuid NOT NULL,
  id uuid PRIMARY KEY,
  language text NOT NULL,
  text text NOT NULL,
  hash text NOT NULL,
  milliseconds bigint NOT NULL,
  recorded boolean NOT NULL
);
CREATE INDEX prompts_tenant ON prompts (tenant);

-- The version that new calls begin with.
CREATE TABLE flows (
  tenant uuid NOT NULL,
  id uuid PRIMARY KEY,
  version integer NOT NULL
);
CREATE INDEX flows_tenant ON flows (tenant);

-- Every version ever put; a call keeps its own. Text as it was written: json, not jsonb.
CREATE TABLE flow_versions (
  tenant uuid NOT NULL,
  flow uuid NOT NULL REFERENCES flows (id),
  version integer NOT NULL,
  definition json NOT NULL,
  put_at timestamptz NOT NULL,
  put_by uuid NOT NULL,
  PRIMARY KEY (flow, version)
);

-- Live flows; a row goes when nothing of its flow is left to do.
CREATE TABLE calls (
  tenant uuid NOT NULL,
  contact uuid PRIMARY KEY,
  gateway text NOT NULL,
  flow uuid NOT NULL,
  version integer NOT NULL,
  state json NOT NULL,
  -- When the flow's wait is over; null where the gateway's next event must come.
  deadline timestamptz
) WITH (fillfactor = 70);
CREATE INDEX calls_deadline ON calls (deadline) WHERE deadline IS NOT NULL;
