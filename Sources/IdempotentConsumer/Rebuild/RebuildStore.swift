import FoundationEssentials
import LibPQ

/// A rebuild's rows and schemas in the database.
///
/// The rebuild is a consumer of its own, the shadow, with offsets, inbox and holds under its own name. Nothing of the
/// running consumer's is touched before the swap, which is one transaction.
struct RebuildStore: Sendable {
    static let shadowSuffix = ".rebuild"

    let pool: PQPool
    let live: String
    let projections: [any RebuildableProjection]

    var shadow: String { live + Self.shadowSuffix }

    /// Where the running consumer stands.
    func livePositions(in session: any PQSession) async throws -> [PartitionID: PartitionPosition] {
        let result = try await session.query(
            """
            SELECT topic, partition, next_offset, holds_version FROM outbox_consumer_offsets WHERE consumer = \(live)
            """)
        var positions: [PartitionID: PartitionPosition] = [:]
        for row in result.rows {
            positions[PartitionID(topic: try row.decode(0), partition: try row.decode(1))] = PartitionPosition(
                nextOffset: try row.decode(2), holdsVersion: try row.decode(3))
        }
        return positions
    }

    func livePositions() async throws -> [PartitionID: PartitionPosition] {
        try await pool.withConnection { try await livePositions(in: $0) }
    }

    /// Removes what a rebuild has left behind that was killed, or what this one doesn't need any more.
    func cleanUp() async throws {
        try await pool.withTransaction { transaction in
            // Queries of the old tables may still run; whoever comes next must not queue up behind a drop for long.
            try await transaction.run(script: "SET LOCAL lock_timeout = '2s'")
            for projection in projections {
                for schema in [projection.shadowSchema, projection.replacedSchema] {
                    try await transaction.execute("DROP SCHEMA IF EXISTS \(identifier: schema) CASCADE")
                }
            }
            for table in ["outbox_consumer_held_events", "outbox_consumer_holds", "outbox_consumer_offsets"] {
                try await transaction.execute("DELETE FROM \(unsafe: table) WHERE consumer = \(shadow)")
            }
        }
        // Millions, perhaps: not all in one transaction.
        var deleted: Int
        repeat {
            deleted = try await pool.withConnection { connection in
                try await connection.execute(
                    """
                    DELETE FROM outbox_inbox WHERE ctid = ANY(ARRAY(
                        SELECT ctid FROM outbox_inbox WHERE consumer = \(shadow) LIMIT 20000))
                    """)
            }
        } while deleted > 0
    }

    /// Makes the new tables, and leaves out of them from the start what operators have discarded.
    /// - Returns: how many events those are.
    func begin() async throws -> Int64 {
        try await pool.withTransaction { transaction in
            for projection in projections {
                try await projection.inSchema(projection.shadowSchema).makeTables(in: transaction)
                try await grant(projection, in: transaction)
            }
            try await transaction.execute(
                """
                INSERT INTO outbox_inbox (consumer, event_id)
                SELECT \(shadow), event_id FROM outbox_consumer_audit
                WHERE consumer = \(live) AND action = 'dead-letters.discard' AND event_id IS NOT NULL
                ON CONFLICT DO NOTHING
                """)
            return try await discards(in: transaction)
        }
    }

    func discards(in session: any PQSession) async throws -> Int64 {
        try await session.query(
            """
            SELECT count(*) FROM outbox_consumer_audit WHERE consumer = \(live) AND action = 'dead-letters.discard'
            """
        ).int64(row: 0, column: 0)
    }

    /// Lets who may use the old tables use the new ones.
    private func grant(_ projection: any RebuildableProjection, in transaction: PQTransaction) async throws {
        let grants = try await transaction.query(
            """
            SELECT format('GRANT %s ON %s TO %s', privilege, object, CASE grantee
                WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END)
            FROM (
                SELECT acl.privilege_type AS privilege, acl.grantee, t.relowner AS owner,
                       format('TABLE %I.%I', \(projection.shadowSchema), t.relname) AS object
                FROM pg_class AS t JOIN pg_namespace AS n ON n.oid = t.relnamespace, aclexplode(t.relacl) AS acl
                WHERE n.nspname = \(projection.schema) AND t.relkind IN ('r', 'p', 'v', 'm')
                  AND to_regclass(format('%I.%I', \(projection.shadowSchema), t.relname)) IS NOT NULL
                UNION ALL
                SELECT acl.privilege_type, acl.grantee, n.nspowner, format('SCHEMA %I', \(projection.shadowSchema))
                FROM pg_namespace AS n, aclexplode(n.nspacl) AS acl WHERE n.nspname = \(projection.schema)
            ) AS granted WHERE grantee <> owner
            """)
        for row in grants.rows { try await transaction.run(script: try row.decode(0, as: String.self)) }
    }

    /// Gives the planner what it needs to know of the new tables.
    func analyze() async throws {
        try await pool.withConnection { connection in
            let tables = try await connection.query(
                """
                SELECT format('ANALYZE %I.%I', schemaname, tablename) FROM pg_tables
                WHERE schemaname = ANY(\(projections.map(\.shadowSchema)))
                """)
            for row in tables.rows { try await connection.run(script: try row.decode(0, as: String.self)) }
        }
    }

    /// Has the running consumer remember all events that have taken effect in the new tables, those of types among
    /// them that it did not ask for before; all but those that wait in it.
    ///
    /// It has passed them all, so it makes no difference to what it does now.
    /// - Returns: the time before which all are remembered.
    func copyInbox() async throws -> Date {
        try await pool.withTransaction { transaction in
            try await transaction.execute(
                """
                INSERT INTO outbox_inbox (consumer, event_id, applied_at)
                SELECT \(live), event_id, applied_at FROM outbox_inbox AS applied
                WHERE consumer = \(shadow)
                  AND NOT EXISTS (
                      SELECT FROM outbox_inbox AS known
                      WHERE known.consumer = \(live) AND known.event_id = applied.event_id)
                  AND NOT EXISTS (
                      SELECT FROM outbox_consumer_held_events AS held
                      WHERE held.consumer = \(live) AND held.event_id = applied.event_id)
                ON CONFLICT DO NOTHING
                """)
            return try await transaction.query("SELECT now()")[0].decode(0, as: Date.self)
        }
    }
}

extension RebuildStore {
    /// Cleans up as soon as queries of the old tables let it.
    func cleanUpPatiently() async throws {
        var failures = 0
        while true {
            do {
                return try await cleanUp()
            } catch let error as PQError where error.sqlState == "55P03" && failures < 30 {
                failures += 1
                try await Task.sleep(for: .seconds(1))
            }
        }
    }

    /// Runs while no other rebuild of this consumer does.
    /// - Throws: ``ConsumerError/Code/rebuild`` when another one runs.
    func alone<Result: Sendable>(_ body: () async throws -> Result) async throws -> Result {
        try await pool.withConnection { connection in
            do {
                // One that was killed keeps its lock until the server has noticed.
                return try await connection.withAdvisoryLock(
                    "outbox rebuild " + live, for: "a rebuild", patience: .seconds(10), body)
            } catch is PQAdvisoryLockTaken {
                throw ConsumerError(.rebuild, "another rebuild of the consumer \(live) is running")
            }
        }
    }
}
