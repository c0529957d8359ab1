-- Callbacks that are pending, to be counted and listed.

ALTER TABLE contacts
  ADD COLUMN callback_queue text GENERATED ALWAYS AS (body -> 'callback' ->> 'queue') STORED;
CREATE INDEX contacts_callbacks ON contacts (tenant, callback_queue) WHERE callback_queue IS NOT NULL AND NOT at_rest;
