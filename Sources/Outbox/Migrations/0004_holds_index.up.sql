-- outbox: no transaction
-- Failed events, few by nature: finds the aggregates on hold.
CREATE INDEX CONCURRENTLY IF NOT EXISTS outbox_events_failed_idx
    ON outbox_events (aggregate_type, aggregate_id) WHERE NOT published AND retry_count > 0;
