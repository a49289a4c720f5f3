DROP INDEX IF EXISTS outbox_events_failed_idx;
