-- What is set for an agent is most of its row and seldom changes: in a column of its own, which a new version of the row does not copy
-- once it lies beside the table. Rows that were written before get it with their next change.

ALTER TABLE agents ADD COLUMN kept text;
ALTER TABLE agents ALTER COLUMN kept SET STORAGE EXTERNAL;
ALTER TABLE agents SET (toast_tuple_target = 1024);
