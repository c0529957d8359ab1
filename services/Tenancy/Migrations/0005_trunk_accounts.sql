-- Which trunk is tried first for a call outside, for whom, and our account there. The password is sealed by the master key.
ALTER TABLE trunks
  ADD COLUMN priority int NOT NULL DEFAULT 1,
  ADD COLUMN weight int NOT NULL DEFAULT 1,
  ADD COLUMN tenants uuid[] NOT NULL DEFAULT '{}',
  ADD COLUMN account_user text,
  ADD COLUMN account_password text,
  ADD COLUMN account_domain text,
  ADD COLUMN account_register boolean NOT NULL DEFAULT false;
