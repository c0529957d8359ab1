-- A tenant's customers: made by their first call or by a person.
CREATE TABLE customers (
  tenant uuid NOT NULL,
  id uuid PRIMARY KEY,
  -- Empty until somebody gives one.
  name text NOT NULL,
  notes text NOT NULL,
  -- Raised by each change; who changes a card says which one they have seen.
  version integer NOT NULL,
  updated_at timestamptz NOT NULL,
  -- What the list is sorted by and searched in: the name in small letters, then each number on a line. Made by the service,
  -- whose small letters are those of every language, whatever locale the database has.
  search text COLLATE "C" NOT NULL
);
CREATE INDEX customers_by_name ON customers (tenant, search, id);

-- A number belongs to one customer of a tenant.
CREATE TABLE numbers (
  tenant uuid NOT NULL,
  number text COLLATE "C" NOT NULL,
  customer uuid NOT NULL REFERENCES customers (id),
  -- The order in which they were given.
  ordinal smallint NOT NULL,
  PRIMARY KEY (tenant, number)
);
CREATE INDEX numbers_by_customer ON numbers (customer);

-- The customers' contacts, folded from events. Each column comes from one source, so that sources may overtake each other:
-- a row may be there before CallArrived has told whose contact it is.
CREATE TABLE contacts (
  tenant uuid NOT NULL,
  id uuid NOT NULL,
  customer uuid REFERENCES customers (id),
  started_at timestamptz,
  channel text,
  queue uuid,
  agent uuid,
  termination text,
  disposition text,
  PRIMARY KEY (tenant, id)
) WITH (fillfactor = 80);
CREATE INDEX contacts_by_customer ON contacts (customer, started_at DESC, id DESC) WHERE customer IS NOT NULL;
