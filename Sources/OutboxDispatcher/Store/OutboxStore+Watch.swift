import LibPQ
import Outbox

extension OutboxStore {
    /// Whether the tables are there, and the index for this number of lanes.
    ///
    /// - Throws: ``DispatcherError/Code/schema`` with the command that mends it.
    func checkSchema() async throws {
        let index = OutboxMigrations.laneIndexName(lanes: lanes)
        let found = try await pool.withConnection { connection in
            let result = try await connection.query(
                """
                SELECT to_regclass('outbox_events') IS NOT NULL, to_regclass('outbox_dispatchers') IS NOT NULL,
                    EXISTS (
                        SELECT FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
                        WHERE i.indrelid = to_regclass('outbox_events') AND c.relname = \(index) AND i.indisvalid)
                """)
            return try result[0].decode((Bool, Bool, Bool).self)
        }
        guard found.0 else {
            throw DispatcherError(
                .schema, "the database has no table outbox_events: run `outbox migrate` (table-missing)")
        }
        guard found.1 else {
            throw DispatcherError(
                .schema,
                "the outbox's schema is older than this dispatcher, which needs the table outbox_dispatchers: run "
                    + "`outbox migrate`; no event is lost by that (old-schema)")
        }
        guard found.2 else {
            throw DispatcherError(
                .schema,
                "outbox_events has no valid index for \(lanes) lanes (\(index)): run `outbox migrate` with "
                    + "OUTBOX_DISPATCH_LANES=\(lanes)")
        }
    }

    /// Whether sessions are lent by a pooler for one transaction at a time, so that statements cost more.
    func isBehindPooler() async throws -> Bool {
        try await pool.withConnection { await $0.isPooled }
    }

    /// What waits in the outbox.
    struct Backlog: Sendable {
        var pending: Int64
        var oldestAgeSeconds: Double
        var heldAggregates: Int64
        var parked: Int64
    }

    /// Counts what waits: reads the index over pending rows, so it takes the longer the more there is.
    func backlog() async throws -> Backlog {
        try await pool.withConnection { connection in
            let result = try await connection.query(
                """
                SELECT
                    (SELECT count(*) FROM outbox_events WHERE NOT published AND parked_at IS NULL),
                    coalesce((
                        SELECT extract(epoch FROM now() - min(created_at))::float8
                        FROM generate_series(0, \(Int32(lanes - 1))) AS l (lane)
                        CROSS JOIN LATERAL (
                            SELECT created_at FROM outbox_events
                            WHERE outbox_lane(aggregate_type, aggregate_id, \(unsafe: String(lanes)))
                                    BETWEEN l.lane AND l.lane
                                AND NOT published AND parked_at IS NULL
                            ORDER BY outbox_lane(aggregate_type, aggregate_id, \(unsafe: String(lanes))), id
                            LIMIT 1) AS head), 0),
                    (SELECT count(DISTINCT (aggregate_type, aggregate_id)) FROM outbox_events
                        WHERE NOT published AND retry_count > 0 AND (parked_at IS NOT NULL OR available_at > now())),
                    (SELECT count(*) FROM outbox_events
                        WHERE NOT published AND retry_count > 0 AND parked_at IS NOT NULL)
                """)
            let (pending, age, held, parked) = try result[0].decode((Int64, Double, Int64, Int64).self)
            return Backlog(pending: pending, oldestAgeSeconds: max(0, age), heldAggregates: held, parked: parked)
        }
    }
}
