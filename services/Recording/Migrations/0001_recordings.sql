-- One row a recording; made by whatever comes first, its first block or RecordingStarted.
CREATE TABLE recordings (
  tenant uuid NOT NULL,
  id uuid PRIMARY KEY,
  contact uuid NOT NULL,
  agent uuid NOT NULL,
  -- The folder of its file; the day of the first thing heard of it.
  day date NOT NULL,
  started_at timestamptz,
  blocks integer NOT NULL DEFAULT 0,
  -- What RecordingEnded told; null while it runs.
  expected integer,
  length_ms bigint,
  sealed_at timestamptz,
  -- Head of the hash chain, once sealed.
  hash bytea
);
CREATE INDEX recordings_contact ON recordings (tenant, contact);
CREATE INDEX recordings_started ON recordings (tenant, started_at DESC);

-- Where a block lies in the recording's file. What is in the file and not here was never promised.
CREATE TABLE blocks (
  tenant uuid NOT NULL,
  recording uuid NOT NULL REFERENCES recordings (id),
  number integer NOT NULL,
  position bigint NOT NULL,
  length integer NOT NULL,
  hash bytea NOT NULL,
  PRIMARY KEY (recording, number)
);

-- Who listened to what; only ever added to.
CREATE TABLE accesses (
  tenant uuid NOT NULL,
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  recording uuid NOT NULL,
  accessed_at timestamptz NOT NULL,
  by_user uuid NOT NULL,
  by_name text NOT NULL,
  by_role text NOT NULL,
  range text
);
CREATE INDEX accesses_recording ON accesses (tenant, recording);
