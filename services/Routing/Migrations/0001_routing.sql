-- The durable state of grains: a row a grain, its body in JSON. A version is raised by one with each change; who writes
-- over another version than the one it read is refused (the fence). at_rest = nothing of it is pending.

CREATE TABLE contacts (
  id uuid PRIMARY KEY,
  tenant uuid NOT NULL,
  version bigint NOT NULL,
  at_rest boolean NOT NULL,
  body jsonb NOT NULL
) WITH (fillfactor = 70);
CREATE INDEX contacts_open ON contacts (tenant) WHERE NOT at_rest;

-- Contacts that wait, with the offer that is being made to them; the id is the contact's.
CREATE TABLE places (
  id uuid PRIMARY KEY,
  tenant uuid NOT NULL,
  version bigint NOT NULL,
  at_rest boolean NOT NULL,
  body jsonb NOT NULL
) WITH (fillfactor = 70);

CREATE TABLE queues (
  id uuid PRIMARY KEY,
  tenant uuid NOT NULL,
  version bigint NOT NULL,
  at_rest boolean NOT NULL,
  body jsonb NOT NULL
);

-- tenant is the operator's id, the tenant of the agents' events.
CREATE TABLE agents (
  id uuid PRIMARY KEY,
  tenant uuid NOT NULL,
  version bigint NOT NULL,
  at_rest boolean NOT NULL,
  body jsonb NOT NULL
) WITH (fillfactor = 70);

-- A pool's epoch is raised at each activation; a transaction of an older one is refused.
CREATE TABLE pools (
  pool text PRIMARY KEY,
  epoch bigint NOT NULL,
  tenants uuid[] NOT NULL
);

CREATE TABLE reminders (
  grain_type text NOT NULL,
  grain_key text NOT NULL,
  name text NOT NULL,
  first_tick timestamptz NOT NULL,
  period interval NOT NULL,
  PRIMARY KEY (grain_type, grain_key, name)
);
