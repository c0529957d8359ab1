-- The operator: one row. Its version grows with tenants, trunks and phones.
CREATE TABLE operator (
  single boolean PRIMARY KEY DEFAULT true CHECK (single),
  id uuid NOT NULL,
  name text NOT NULL,
  realm text NOT NULL,
  version bigint NOT NULL
);

CREATE TABLE operator_tenants (
  tenant uuid PRIMARY KEY
);

-- The version grows with the tenant's row and its numbers.
CREATE TABLE tenants (
  tenant uuid PRIMARY KEY,
  version bigint NOT NULL,
  name text NOT NULL,
  language text NOT NULL,
  time_zone text NOT NULL,
  concurrent_calls int NOT NULL,
  calls_per_second int NOT NULL,
  data_key text NOT NULL
);

CREATE TABLE numbers (
  number text PRIMARY KEY,
  tenant uuid NOT NULL,
  kind text NOT NULL,
  flow uuid,
  fallback jsonb NOT NULL
);
CREATE INDEX numbers_tenant ON numbers (tenant, number);

CREATE TABLE users (
  id uuid PRIMARY KEY,
  user_name text NOT NULL,
  name text NOT NULL,
  password_hash text NOT NULL,
  role text NOT NULL,
  tenants uuid[] NOT NULL
);
CREATE UNIQUE INDEX users_user_name ON users (lower(user_name));

CREATE TABLE phones (
  sip_user text PRIMARY KEY,
  agent uuid NOT NULL,
  ha1_md5 text NOT NULL,
  ha1_sha256 text NOT NULL
);

CREATE TABLE trunks (
  name text PRIMARY KEY,
  trusted_networks text[] NOT NULL,
  concurrent_calls int NOT NULL,
  calls_per_second int NOT NULL
);
