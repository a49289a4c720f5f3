-- What was done beyond one event: which ones were meant, how many, how far it came.
ALTER TABLE outbox_audit ADD COLUMN IF NOT EXISTS details JSONB;
