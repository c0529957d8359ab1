-- The teams of agents to which a supervisor is limited; none: all.
ALTER TABLE users ADD COLUMN teams text[] NOT NULL DEFAULT '{}';
