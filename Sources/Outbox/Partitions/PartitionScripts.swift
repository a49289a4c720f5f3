import LibPQ

/// The SQL of the ways to partitions and back.
enum PartitionScripts {
    /// What refers to the table itself rather than to its name, and would stay with the first partition.
    static let whatHangsOnTable: PQStatement = """
        WITH o AS (SELECT 'outbox_events'::regclass AS oid)
        SELECT 'trigger ' || tgname FROM pg_trigger, o WHERE tgrelid = o.oid AND NOT tgisinternal
        UNION ALL SELECT 'foreign key ' || conname FROM pg_constraint, o
            WHERE contype = 'f' AND (conrelid = o.oid OR confrelid = o.oid)
        UNION ALL SELECT 'view or rule ' || ev_class::regclass FROM o, pg_depend d JOIN pg_rewrite r ON r.oid = d.objid
            WHERE d.classid = 'pg_rewrite'::regclass AND d.refobjid = o.oid
        UNION ALL SELECT 'function ' || objid::regprocedure FROM pg_depend, o
            WHERE classid = 'pg_proc'::regclass AND refobjid = o.oid
        UNION ALL SELECT 'policy ' || polname FROM pg_policy, o WHERE polrelid = o.oid
        UNION ALL SELECT 'publication ' || pubname
            FROM o, pg_publication_rel r JOIN pg_publication p ON p.oid = r.prpubid WHERE prrelid = o.oid
        UNION ALL SELECT 'inheritance' FROM pg_inherits, o WHERE o.oid IN (inhparent, inhrelid)
        UNION ALL SELECT 'unique index ' || indexrelid::regclass FROM pg_index i, o
            WHERE indrelid = o.oid AND indisunique AND NOT (indnatts = 1 AND indkey[0] IN (
                SELECT attnum FROM pg_attribute a, o WHERE a.attrelid = o.oid AND attname IN ('id', 'event_id')))
        UNION ALL SELECT 'an id that is not drawn from outbox_events_id_seq' FROM o
            WHERE pg_get_serial_sequence('outbox_events', 'id')::regclass
                IS DISTINCT FROM 'outbox_events_id_seq'::regclass
            OR EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = o.oid AND attidentity <> '')
        UNION ALL SELECT 'the table ' || relname || ', left by an interrupted `outbox migrate --unpartitioned`'
            FROM pg_class, o WHERE \(unsafe: isDetached)
        """

    /// Tables that were partitions and still hold settled events.
    static let detached: PQStatement = """
        SELECT pg_class.oid::regclass::text FROM pg_class WHERE \(unsafe: isDetached) ORDER BY 1
        """

    private static let isDetached = """
        relname ~ '^outbox_events_(p-?\\d+|default)$' AND relkind = 'r' AND NOT relispartition
            AND relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = to_regclass('outbox_events'))
        """

    /// What a conversion that was ended leaves behind.
    static let removeLeftovers = """
        ALTER TABLE outbox_events DROP CONSTRAINT IF EXISTS outbox_events_first_partition;
        DROP TABLE IF EXISTS outbox_events_partitioned
        """

    /// The table to be, still without the rows, which nobody uses yet.
    static func prepare(bound: Int64, rows: Int64) -> String {
        """
        CREATE TABLE outbox_events_partitioned
            (LIKE outbox_events INCLUDING ALL EXCLUDING INDEXES EXCLUDING STATISTICS, PRIMARY KEY (id))
            PARTITION BY RANGE (id);
        DO $$
        DECLARE
            definition TEXT;
        BEGIN
            FOR definition IN
                SELECT pg_get_indexdef(indexrelid) FROM pg_index
                WHERE indrelid = 'outbox_events'::regclass AND NOT indisunique AND indisvalid
            LOOP
                EXECUTE 'CREATE INDEX ON outbox_events_partitioned'
                    || substring(definition FROM position(' USING ' IN definition));
            END LOOP;
            EXECUTE format('ALTER TABLE outbox_events_partitioned OWNER TO %s',
                (SELECT relowner::regrole FROM pg_class WHERE oid = 'outbox_events'::regclass));
        END
        $$;
        SELECT outbox_copy_grants('outbox_events', 'outbox_events_partitioned');
        SELECT outbox_create_partition('outbox_events_partitioned', 'outbox_events_default');
        SELECT outbox_copy_grants('outbox_events', 'outbox_events_default');
        ALTER TABLE outbox_events_partitioned ATTACH PARTITION outbox_events_default DEFAULT;
        SELECT outbox_create_partition('outbox_events_partitioned', 'outbox_events_p\(bound)');
        ALTER TABLE outbox_events_partitioned ATTACH PARTITION outbox_events_p\(bound)
            FOR VALUES FROM (\(bound)) TO (\(bound + rows))
        """
    }

    static func addProof(bound: Int64) -> String {
        "ALTER TABLE outbox_events ADD CONSTRAINT outbox_events_first_partition CHECK (id < \(bound)) NOT VALID"
    }

    /// Reads the table, while others write to it.
    static let validateProof = "ALTER TABLE outbox_events VALIDATE CONSTRAINT outbox_events_first_partition"

    /// The old table becomes the first partition of the new one, which takes its name. Changes catalogs only.
    static func swap(bound: Int64, rows: Int64) -> String {
        """
        ALTER TABLE outbox_events RENAME TO outbox_events_p0;
        ALTER TABLE outbox_events_partitioned RENAME TO outbox_events;
        ALTER TABLE outbox_events ATTACH PARTITION outbox_events_p0 FOR VALUES FROM (MINVALUE) TO (\(bound));
        ALTER TABLE outbox_events_p0 DROP CONSTRAINT outbox_events_first_partition;
        ALTER SEQUENCE outbox_events_id_seq OWNED BY outbox_events.id;
        DO $$
        DECLARE
            pair RECORD;
        BEGIN
            FOR pair IN
                SELECT inhrelid::regclass AS old, inhparent::regclass AS new, relname AS name
                FROM pg_inherits JOIN pg_index ON indexrelid = inhrelid JOIN pg_class c ON c.oid = inhrelid
                WHERE indrelid = 'outbox_events_p0'::regclass
            LOOP
                EXECUTE format('ALTER INDEX %s RENAME TO %I', pair.old, left('p0_' || pair.name, 63));
                EXECUTE format('ALTER INDEX %s RENAME TO %I', pair.new, pair.name);
            END LOOP;
        END
        $$;
        UPDATE outbox_retention SET partition_rows = \(rows)
        """
    }

    /// The largest partition becomes the table, and takes what waits in the others.
    static let unify = """
        SET LOCAL enable_seqscan = off;
        DO $$
        DECLARE
            most CONSTANT BIGINT := 100000;
            waiting CONSTANT TEXT[] := ARRAY[
                'NOT published AND parked_at IS NULL', 'NOT published AND retry_count > 0 AND parked_at IS NOT NULL'];
            heir REGCLASS := (
                SELECT p.partition FROM outbox_partitions() p ORDER BY pg_relation_size(p.partition) DESC LIMIT 1);
            parts REGCLASS[] := ARRAY(SELECT p.partition FROM outbox_partitions() p);
            part REGCLASS;
            condition TEXT;
            count BIGINT;
            total BIGINT := 0;
            indexes RECORD;
        BEGIN
            SELECT array_agg(inhrelid::regclass) AS own, array_agg(relname) AS names INTO indexes
            FROM pg_inherits JOIN pg_index ON indexrelid = inhrelid JOIN pg_class c ON c.oid = inhparent
            WHERE indrelid = heir;
            FOREACH part IN ARRAY parts LOOP
                EXECUTE format('ALTER TABLE outbox_events DETACH PARTITION %s', part);
                CONTINUE WHEN part = heir;
                FOREACH condition IN ARRAY waiting LOOP
                    EXECUTE format(
                        'SELECT count(*) FROM (SELECT FROM %s WHERE %s LIMIT %s) AS found', part, condition, most)
                        INTO count;
                    total := total + count;
                    IF total >= most THEN
                        RAISE EXCEPTION 'more than % events wait in several partitions: try again later', most;
                    END IF;
                    EXECUTE format(
                        'WITH moved AS (DELETE FROM %s WHERE %s RETURNING *) INSERT INTO %s SELECT * FROM moved',
                        part, condition, heir);
                END LOOP;
            END LOOP;
            ALTER TABLE outbox_events RENAME TO outbox_events_partitioned;
            EXECUTE format('ALTER TABLE %s RENAME TO outbox_events', heir);
            ALTER SEQUENCE outbox_events_id_seq OWNED BY outbox_events.id;
            PERFORM outbox_copy_grants('outbox_events_partitioned', 'outbox_events');
            DROP TABLE outbox_events_partitioned;
            FOR place IN 1 .. array_length(indexes.own, 1) LOOP
                EXECUTE format('ALTER INDEX %s RENAME TO %I', indexes.own[place], indexes.names[place]);
            END LOOP;
        END
        $$;
        UPDATE outbox_retention SET partition_rows = NULL;
        DELETE FROM outbox_settled_partitions
        """
}
