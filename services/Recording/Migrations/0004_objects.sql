-- The object that holds the block, its position being there; null: the recording's file.
ALTER TABLE blocks ADD COLUMN object uuid;
