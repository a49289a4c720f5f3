-- Where deleting by age has got to, and which dispatcher does it. One row, shared by all dispatchers.
CREATE TABLE IF NOT EXISTS outbox_retention (
    is_only_row BOOLEAN PRIMARY KEY DEFAULT TRUE CHECK (is_only_row),
    -- The walk over the table goes on after this sequence.
    position BIGINT NOT NULL DEFAULT 0,
    walk_started_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    owner TEXT,
    lease_until TIMESTAMPTZ,
    -- How many sequences a partition spans; NULL for a table without partitions.
    partition_rows BIGINT
) WITH (fillfactor = 50);
INSERT INTO outbox_retention DEFAULT VALUES ON CONFLICT DO NOTHING;

-- Every event leaves dead entries behind: one where it was pending, and one where it was kept. Vacuum comes after a
-- share of the table that stays small when the table is large. What somebody has set already stays. A fillfactor would
-- not help: marking an event as settled changes what partial indexes look at, so it can't be done within a page.
DO $$
DECLARE
    setting TEXT;
BEGIN
    FOREACH setting IN ARRAY ARRAY[
        'autovacuum_vacuum_scale_factor=0.01', 'autovacuum_vacuum_threshold=5000',
        'autovacuum_vacuum_insert_scale_factor=0.05', 'autovacuum_vacuum_cost_limit=2000',
        'autovacuum_analyze_scale_factor=0.05', 'autovacuum_analyze_threshold=5000']
    LOOP
        CONTINUE WHEN EXISTS (
            SELECT FROM pg_class c, unnest(c.reloptions) AS present
            WHERE c.oid = 'outbox_events'::REGCLASS AND split_part(present, '=', 1) = split_part(setting, '=', 1));
        EXECUTE format('ALTER TABLE outbox_events SET (%s)', setting);
    END LOOP;
END
$$;

-- Who may work on the lanes may do this as well.
DO $$
DECLARE
    grantee REGROLE;
BEGIN
    FOR grantee IN
        SELECT DISTINCT a.grantee::REGROLE FROM pg_class c, aclexplode(c.relacl) AS a
        WHERE c.oid = 'outbox_lanes'::REGCLASS AND a.privilege_type = 'UPDATE' AND a.grantee NOT IN (0, c.relowner)
    LOOP
        EXECUTE format('GRANT SELECT, UPDATE ON outbox_retention TO %s', grantee);
    END LOOP;
END
$$;
