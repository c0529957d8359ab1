-- Every version of what is set for queues and agents, with who and when. A version of an agent's settings is at rest once the agent has it.

CREATE TABLE queue_settings (
  id uuid PRIMARY KEY,
  tenant uuid NOT NULL,
  version bigint NOT NULL,
  at_rest boolean NOT NULL,
  body jsonb NOT NULL,
  subject uuid GENERATED ALWAYS AS ((body ->> 'subject')::uuid) STORED NOT NULL,
  number bigint GENERATED ALWAYS AS ((body ->> 'number')::bigint) STORED NOT NULL,
  UNIQUE (subject, number)
);

-- tenant is the operator's id.
CREATE TABLE agent_settings (
  id uuid PRIMARY KEY,
  tenant uuid NOT NULL,
  version bigint NOT NULL,
  at_rest boolean NOT NULL,
  body jsonb NOT NULL,
  subject uuid GENERATED ALWAYS AS ((body ->> 'subject')::uuid) STORED NOT NULL,
  number bigint GENERATED ALWAYS AS ((body ->> 'number')::bigint) STORED NOT NULL,
  UNIQUE (subject, number)
);
CREATE INDEX agent_settings_open ON agent_settings (number) WHERE NOT at_rest;
