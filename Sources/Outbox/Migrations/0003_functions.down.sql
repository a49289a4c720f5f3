-- The indexes over lanes rest on the function.
DO $$
DECLARE
    lane_index REGCLASS;
BEGIN
    FOR lane_index IN
        SELECT i.indexrelid::REGCLASS FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
        WHERE i.indrelid = 'outbox_events'::REGCLASS AND c.relname ~ '^outbox_events_lane_\d+_idx$'
    LOOP
        EXECUTE format('DROP INDEX %s', lane_index);
    END LOOP;
END
$$;
DROP FUNCTION IF EXISTS outbox_lock_aggregate(TEXT, TEXT);
DROP FUNCTION IF EXISTS outbox_lane(TEXT, TEXT, INTEGER);
DROP FUNCTION IF EXISTS outbox_aggregate_hash(TEXT, TEXT);
