-- Which sign-in of the user's telephone is the newest: only that one is rung.
ALTER TABLE users ADD COLUMN device_epoch bigint NOT NULL DEFAULT 0;
