-- How the tenant shows itself on agents' screens, and the sentence they say first.
ALTER TABLE tenants
  ADD COLUMN colour text NOT NULL DEFAULT '#3b5b7a',
  ADD COLUMN greeting text NOT NULL DEFAULT '';
