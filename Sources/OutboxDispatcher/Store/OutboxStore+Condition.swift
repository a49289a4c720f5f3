import LibPQ

extension OutboxStore {
    /// What the outbox's table has become, and what keeps vacuum from its dead rows.
    struct Condition: Sendable {
        /// With its indexes and partitions.
        var bytes: Int64
        /// As the server's statistics have them.
        var rows: Int64
        var deadRows: Int64
        /// How many transactions the server has begun.
        var transactions: Int64
        /// How many of them have been begun since the oldest one whose rows must stay; nil when none has to.
        var held: Int64?
    }

    /// Looks at the table as the server's statistics and sessions show it to every role; reads no rows.
    func condition() async throws -> Condition {
        try await pool.withConnection { connection in
            let result = try await connection.query(
                """
                WITH tables AS (
                    SELECT 'outbox_events'::regclass::oid AS oid
                    UNION ALL SELECT inhrelid FROM pg_inherits WHERE inhparent = 'outbox_events'::regclass
                )
                SELECT sum(pg_total_relation_size(oid))::int8, sum(pg_stat_get_live_tuples(oid))::int8,
                    sum(pg_stat_get_dead_tuples(oid))::int8, pg_snapshot_xmax(pg_current_snapshot())::text::int8,
                    greatest(
                        -- Vacuum itself keeps nobody's rows.
                        (SELECT max(greatest(age(backend_xid), age(backend_xmin))) FROM pg_stat_activity
                            WHERE (datid IS NULL OR datname = current_database()) AND pid <> pg_backend_pid()
                                AND pid NOT IN (SELECT pid FROM pg_stat_progress_vacuum)),
                        (SELECT max(age(transaction)) FROM pg_prepared_xacts WHERE database = current_database()),
                        (SELECT max(age(xmin)) FROM pg_replication_slots))::int8
                FROM tables
                """)
            let row = result[0]
            return Condition(
                bytes: try row.decode(0), rows: try row.decode(1), deadRows: try row.decode(2),
                transactions: try row.decode(3), held: try row.decode(4))
        }
    }
}
