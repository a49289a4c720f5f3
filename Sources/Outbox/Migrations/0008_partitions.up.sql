-- For tables that were made partitioned; does nothing on others. Making and dropping partitions needs the table's
-- owner, so it is done by functions that run as the owner, and a dispatcher needs no more than to call one of them.

-- What is known about partitions that wait to be old enough.
CREATE TABLE IF NOT EXISTS outbox_settled_partitions (
    name TEXT PRIMARY KEY,
    -- All its events were settled, the last of them then.
    settled_until TIMESTAMPTZ NOT NULL
);

CREATE OR REPLACE FUNCTION outbox_partitions()
    RETURNS TABLE (partition REGCLASS, first_sequence BIGINT, end_sequence BIGINT, is_default BOOLEAN)
    LANGUAGE sql STABLE
    AS $$
        SELECT c.oid::REGCLASS, substring(b.bound FROM 'FROM \(''?(-?\d+)')::BIGINT,
            substring(b.bound FROM 'TO \(''?(-?\d+)')::BIGINT, b.bound = 'DEFAULT'
        FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid,
            LATERAL (SELECT pg_get_expr(c.relpartbound, c.oid) AS bound) AS b
        WHERE i.inhparent = 'outbox_events'::REGCLASS
        ORDER BY 3 NULLS LAST
    $$;

-- Makes a table like `outbox_events`, with its indexes, to be attached to it. An index over partitions can't be unique
-- without the sequence, so each partition has its own over event ids.
CREATE OR REPLACE FUNCTION outbox_create_partition(parent REGCLASS, name TEXT) RETURNS VOID
    LANGUAGE plpgsql
    AS $$
    BEGIN
        EXECUTE format(
            'CREATE TABLE %1$I (LIKE %2$s INCLUDING ALL, UNIQUE (event_id)) WITH (
                autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 5000,
                autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_vacuum_cost_limit = 2000,
                autovacuum_analyze_scale_factor = 0.05, autovacuum_analyze_threshold = 5000)', name, parent);
        EXECUTE format(
            'ALTER TABLE %I OWNER TO %s', name, (SELECT relowner::REGROLE FROM pg_class WHERE oid = parent));
    END
    $$;

-- Gives to `target` the rights that others have on `source`.
CREATE OR REPLACE FUNCTION outbox_copy_grants(source REGCLASS, target REGCLASS) RETURNS VOID
    LANGUAGE plpgsql
    AS $$
    DECLARE
        given RECORD;
    BEGIN
        FOR given IN
            SELECT a.privilege_type || column_list AS privilege, a.is_grantable,
                CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::REGROLE::TEXT END AS grantee
            FROM (
                SELECT relacl AS acl, '' AS column_list, relowner FROM pg_class WHERE oid = source
                UNION ALL
                SELECT t.attacl, format(' (%I)', t.attname), c.relowner
                FROM pg_attribute t JOIN pg_class c ON c.oid = t.attrelid WHERE c.oid = source
            ) AS acls, aclexplode(acls.acl) AS a
            WHERE a.grantee <> acls.relowner
        LOOP
            EXECUTE format(
                'GRANT %s ON %s TO %s%s', given.privilege, target, given.grantee,
                CASE WHEN given.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END);
        END LOOP;
    END
    $$;

-- One step of upkeep: makes the next partition, or drops one whose events are all settled, the last of them longer ago
-- than `keep`. One at a time, so that no lock is held longer than one takes. Waits only briefly for locks.
CREATE OR REPLACE FUNCTION outbox_keep_partitions(
    keep INTERVAL,
    -- How many there are; 0 when the table has none.
    OUT partitions INTEGER,
    -- The one made or dropped now; call again soon.
    OUT created TEXT, OUT dropped TEXT,
    -- Old ones that stay because of events that are not settled.
    OUT held_back INTEGER,
    -- The default partition holds events: partitions were not made in time.
    OUT is_spilled BOOLEAN)
    LANGUAGE plpgsql SECURITY DEFINER
    SET lock_timeout = '300ms'
    AS $$
    #variable_conflict use_variable
    DECLARE
        ahead CONSTANT INTEGER := 3;
        largest_scan CONSTANT BIGINT := 1 << 30;
        size BIGINT;
        last BIGINT;
        first BIGINT;
        part RECORD;
        answer BOOLEAN;
        at TIMESTAMPTZ;
    BEGIN
        partitions := 0;
        held_back := 0;
        is_spilled := FALSE;
        IF (SELECT relkind FROM pg_class WHERE oid = 'outbox_events'::REGCLASS) <> 'p' THEN
            -- Left by a conversion that was killed; would refuse events one day.
            IF EXISTS (
                SELECT FROM pg_constraint
                WHERE conrelid = 'outbox_events'::REGCLASS AND conname = 'outbox_events_first_partition')
                AND pg_try_advisory_xact_lock(hashtextextended('outbox_migrations', 0))
            THEN
                ALTER TABLE outbox_events DROP CONSTRAINT outbox_events_first_partition;
            END IF;
            RETURN;
        END IF;
        SELECT count(*) INTO partitions FROM outbox_partitions();
        IF NOT pg_try_advisory_xact_lock(hashtextextended('outbox_partitions', 0)) THEN
            RETURN;
        END IF;
        SELECT partition_rows INTO size FROM outbox_retention;
        SELECT last_value INTO last FROM outbox_events_id_seq;
        SELECT EXISTS (SELECT FROM outbox_events_default) INTO is_spilled;
        SELECT max(end_sequence) INTO first FROM outbox_partitions();

        IF first < last + ahead * size THEN
            IF first <= last THEN
                -- Events went to the default partition and go on to do so until the new one begins, a little later.
                first := last + greatest(size / 10, 100);
            END IF;
            -- Attaching reads the default partition, under a lock.
            IF pg_relation_size('outbox_events_default') < largest_scan THEN
                created := 'outbox_events_p' || first;
                PERFORM outbox_create_partition('outbox_events', created);
                EXECUTE format(
                    'ALTER TABLE outbox_events ATTACH PARTITION %I FOR VALUES FROM (%s) TO (%s)',
                    created, first, first + size);
                partitions := partitions + 1;
                RETURN;
            END IF;
        END IF;

        -- The claims' indexes answer whether anything is pending, whatever the statistics say.
        SET LOCAL enable_seqscan = off;
        SET LOCAL enable_bitmapscan = off;
        FOR part IN
            SELECT p.partition, p.end_sequence FROM outbox_partitions() p
            WHERE p.end_sequence <= last ORDER BY p.end_sequence
        LOOP
            EXECUTE format('SELECT created_at FROM %s ORDER BY id DESC LIMIT 1', part.partition) INTO at;
            EXIT WHEN at >= now() - keep;
            EXECUTE format(
                'SELECT EXISTS (SELECT FROM %1$s WHERE NOT published AND parked_at IS NULL)
                    OR EXISTS (SELECT FROM %1$s WHERE NOT published AND retry_count > 0)', part.partition)
                INTO answer;
            IF answer THEN
                held_back := held_back + 1;
                CONTINUE;
            END IF;
            SELECT settled_until INTO at FROM outbox_settled_partitions s WHERE s.name = part.partition::TEXT;
            IF NOT FOUND THEN
                -- Read whole, once: nothing is dropped by what an index says alone.
                EXECUTE format(
                    'SELECT coalesce(bool_and(published), TRUE), coalesce(max(published_at), ''-infinity'') FROM %s',
                    part.partition) INTO answer, at;
                IF NOT answer THEN
                    held_back := held_back + 1;
                    CONTINUE;
                END IF;
                INSERT INTO outbox_settled_partitions VALUES (part.partition::TEXT, at);
            END IF;
            CONTINUE WHEN at >= now() - keep;
            LOCK TABLE outbox_events IN ACCESS EXCLUSIVE MODE;
            -- Written by somebody with a sequence of their own, meanwhile.
            EXECUTE format('SELECT EXISTS (SELECT FROM %s WHERE NOT published AND parked_at IS NULL)', part.partition)
                INTO answer;
            IF answer THEN
                DELETE FROM outbox_settled_partitions s WHERE s.name = part.partition::TEXT;
                RETURN;
            END IF;
            dropped := part.partition::TEXT;
            EXECUTE format('DROP TABLE %s', part.partition);
            DELETE FROM outbox_settled_partitions s WHERE s.name = dropped;
            partitions := partitions - 1;
            RETURN;
        END LOOP;
    EXCEPTION
        -- A writer's long transaction; the next call tries again.
        WHEN lock_not_available THEN
            created := NULL;
            dropped := NULL;
    END
    $$;

-- A function that runs as its owner must be the table's owner's, must not find other people's tables, and only
-- dispatchers may call it.
DO $$
DECLARE
    grantee REGROLE;
    owner REGROLE := (SELECT relowner FROM pg_class WHERE oid = 'outbox_events'::REGCLASS);
BEGIN
    EXECUTE format(
        'ALTER FUNCTION outbox_keep_partitions(INTERVAL) SET search_path = %s, pg_temp',
        (SELECT relnamespace::REGNAMESPACE FROM pg_class WHERE oid = 'outbox_events'::REGCLASS));
    IF owner::TEXT <> quote_ident(current_user) THEN
        EXECUTE format('ALTER FUNCTION outbox_keep_partitions(INTERVAL) OWNER TO %s', owner);
        EXECUTE format('ALTER TABLE outbox_retention OWNER TO %s', owner);
        EXECUTE format('ALTER TABLE outbox_settled_partitions OWNER TO %s', owner);
    END IF;
    REVOKE ALL ON FUNCTION outbox_keep_partitions(INTERVAL) FROM PUBLIC;
    FOR grantee IN
        SELECT DISTINCT a.grantee::REGROLE FROM pg_class c, aclexplode(c.relacl) AS a
        WHERE c.oid = 'outbox_lanes'::REGCLASS AND a.privilege_type = 'UPDATE' AND a.grantee NOT IN (0, c.relowner)
    LOOP
        EXECUTE format('GRANT EXECUTE ON FUNCTION outbox_keep_partitions(INTERVAL) TO %s', grantee);
    END LOOP;
END
$$;
