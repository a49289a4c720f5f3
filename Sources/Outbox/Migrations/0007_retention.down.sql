ALTER TABLE outbox_events RESET (
    autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold, autovacuum_vacuum_insert_scale_factor,
    autovacuum_vacuum_cost_limit, autovacuum_analyze_scale_factor, autovacuum_analyze_threshold
);
DROP TABLE IF EXISTS outbox_retention;
