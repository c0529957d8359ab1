-- W3C trace context of RecordingEnded: a recording that its last block seals is told in its contact's trace.
ALTER TABLE recordings ADD COLUMN trace text;
