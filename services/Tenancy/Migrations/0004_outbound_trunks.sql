-- Where a trunk takes calls outside, and the beginnings of the numbers that may be dialled by it.
ALTER TABLE trunks
  ADD COLUMN target text,
  ADD COLUMN destinations text[] NOT NULL DEFAULT '{}';
