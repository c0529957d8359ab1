-- What forecasts have learned of a queue; the id is the queue's.

CREATE TABLE learned_waits (
  id uuid PRIMARY KEY,
  tenant uuid NOT NULL,
  version bigint NOT NULL,
  at_rest boolean NOT NULL,
  body jsonb NOT NULL
) WITH (fillfactor = 70);
