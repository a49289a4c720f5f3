ALTER TABLE outbox_events DROP COLUMN IF EXISTS last_error;
ALTER TABLE outbox_events DROP COLUMN IF EXISTS parked_at;
ALTER TABLE outbox_events DROP COLUMN IF EXISTS headers;
