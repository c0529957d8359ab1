-- A message that a caller left has no agent.
ALTER TABLE recordings ALTER COLUMN agent DROP NOT NULL;
