-- Who served a caller last. Columns of their own, computed from the body: their values seldom change, so that an index on them does
-- not have to be written with every change of the body.

ALTER TABLE contacts
  ADD COLUMN caller text GENERATED ALWAYS AS (body ->> 'caller') STORED,
  ADD COLUMN last_agent text GENERATED ALWAYS AS (body ->> 'lastAgent') STORED;
CREATE INDEX contacts_caller ON contacts (tenant, caller, id) WHERE caller IS NOT NULL;
