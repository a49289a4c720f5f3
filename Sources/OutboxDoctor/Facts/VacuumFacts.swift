import LibPQ

/// How many dead rows the outbox drags along.
struct VacuumFacts: Sendable {
    var live: Int64 = 0
    var dead: Int64 = 0
    var tableBytes: Int64 = 0
    var indexBytes: Int64 = 0
    var isAutovacuumOn = true
    /// Since the last vacuum; `nil` when there was none since the server's statistics begin.
    var sinceVacuumSeconds: Double?

    static func read(_ connection: PQConnection) async throws -> VacuumFacts {
        let result = try await connection.query(
            """
            WITH tables AS (
                SELECT 'outbox_events'::regclass::oid AS oid
                UNION SELECT inhrelid FROM pg_inherits WHERE inhparent = 'outbox_events'::regclass
            )
            SELECT coalesce(sum(s.n_live_tup), 0)::int8, coalesce(sum(s.n_dead_tup), 0)::int8,
                coalesce(sum(pg_table_size(t.oid)), 0)::int8, coalesce(sum(pg_indexes_size(t.oid)), 0)::int8,
                current_setting('autovacuum')::bool AND NOT coalesce(bool_or(
                    c.reloptions && ARRAY['autovacuum_enabled=false', 'autovacuum_enabled=off']), FALSE),
                extract(epoch FROM now() - max(greatest(s.last_vacuum, s.last_autovacuum)))::float8
            FROM tables t JOIN pg_class c ON c.oid = t.oid LEFT JOIN pg_stat_all_tables s ON s.relid = t.oid
            """)
        let row = result[0]
        return VacuumFacts(
            live: try row.decode(0), dead: try row.decode(1), tableBytes: try row.decode(2),
            indexBytes: try row.decode(3), isAutovacuumOn: try row.decode(4), sinceVacuumSeconds: try row.decode(5))
    }
}
