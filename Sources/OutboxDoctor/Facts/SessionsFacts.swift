import LibPQ

/// What keeps vacuum from removing dead rows, and log from being removed.
struct SessionsFacts: Sendable {
    /// A transaction that has been open for long.
    struct Transaction: Sendable {
        let processID: Int32
        let role: String
        let application: String
        let seconds: Double
        let isIdle: Bool
    }

    /// A transaction that was prepared for a commit in two phases.
    struct Prepared: Sendable {
        let name: String
        let seconds: Double
    }

    /// A replication slot that holds back rows or log.
    struct Slot: Sendable {
        let name: String
        let isActive: Bool
        let keptBytes: Int64
        let holdsBackRows: Bool
    }

    /// The oldest first.
    var transactions: [Transaction] = []
    var prepared: [Prepared] = []
    var slots: [Slot] = []
    /// Sessions of other roles, of which this role may see nothing.
    var hidden = 0

    static func read(_ connection: PQConnection) async throws -> SessionsFacts {
        var facts = SessionsFacts()
        let sessions = try await connection.query(
            """
            SELECT pid::int4, coalesce(usename, '')::text, coalesce(application_name, ''),
                extract(epoch FROM clock_timestamp() - xact_start)::float8, state LIKE 'idle in transaction%'
            FROM pg_stat_activity
            WHERE pid <> pg_backend_pid() AND xact_start IS NOT NULL AND backend_type = 'client backend'
            ORDER BY xact_start LIMIT 20
            """)
        facts.transactions = try sessions.rows.map { row in
            Transaction(
                processID: try row.decode(0), role: try row.decode(1), application: try row.decode(2),
                seconds: try row.decode(3), isIdle: try row.decode(4, as: Bool?.self) ?? false)
        }
        let hidden = try await connection.query(
            """
            SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND state IS NULL AND query = '<insufficient privilege>'
            """)
        facts.hidden = Int(try hidden.int64(row: 0, column: 0))
        let prepared = try await connection.query(
            """
            SELECT gid, extract(epoch FROM clock_timestamp() - prepared)::float8 FROM pg_prepared_xacts
            WHERE database = current_database() ORDER BY prepared LIMIT 20
            """)
        facts.prepared = try prepared.rows.map { Prepared(name: try $0.decode(0), seconds: try $0.decode(1)) }
        let slots = try await connection.query(
            """
            SELECT slot_name::text, active, xmin IS NOT NULL OR catalog_xmin IS NOT NULL,
                coalesce(CASE WHEN NOT pg_is_in_recovery()
                    THEN pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn) END, 0)::int8
            FROM pg_replication_slots ORDER BY 4 DESC LIMIT 20
            """)
        facts.slots = try slots.rows.map { row in
            Slot(
                name: try row.decode(0), isActive: try row.decode(1), keptBytes: try row.decode(3),
                holdsBackRows: try row.decode(2))
        }
        return facts
    }
}
