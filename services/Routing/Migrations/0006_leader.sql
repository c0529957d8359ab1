-- One row: who leads. Its key is the epoch, so that raising it waits for every transaction that holds the row FOR KEY SHARE, while
-- the lease is renewed past them. sessions = the leader's, as pg_stat_activity names them; null after a clean stop.

CREATE TABLE leader (
  epoch bigint PRIMARY KEY,
  sessions text,
  until timestamptz NOT NULL
);
INSERT INTO leader (epoch, sessions, until) VALUES (0, NULL, '-infinity');
