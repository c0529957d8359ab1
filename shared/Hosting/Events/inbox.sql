-- The last event applied, by stream and source: orders, drops repetitions, says what has been received. "first" is the first
-- event of the batch that was applied last.
CREATE TABLE inbox (
  tenant uuid NOT NULL,
  stream uuid NOT NULL,
  source text NOT NULL,
  sequence bigint NOT NULL,
  final boolean NOT NULL,
  first bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (stream, source)
) WITH (fillfactor = 80);

-- Events that could not be applied, with the reason; nothing is lost in silence.
CREATE TABLE dead_events (
  event_id uuid PRIMARY KEY,
  tenant uuid NOT NULL,
  stream uuid NOT NULL,
  source text NOT NULL,
  sequence bigint NOT NULL,
  type text NOT NULL,
  body text NOT NULL,
  error text NOT NULL,
  parked_at timestamptz NOT NULL DEFAULT now()
);
