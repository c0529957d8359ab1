-- Events that wait to be sent; a row goes when every subscribed endpoint with an inbox has applied it.
CREATE TABLE outbox (
  event_id uuid PRIMARY KEY,
  tenant uuid NOT NULL,
  stream uuid NOT NULL,
  sequence bigint NOT NULL,
  type text NOT NULL,
  body text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

-- The last number this service gave in a stream.
CREATE TABLE outbox_streams (
  tenant uuid NOT NULL,
  stream uuid NOT NULL,
  sequence bigint NOT NULL,
  PRIMARY KEY (tenant, stream)
) WITH (fillfactor = 80);
