import LibPQ

extension OutboxStore {
    /// How long retention stays with a dispatcher that is not heard of.
    private static let retentionLease = 15

    /// Makes this dispatcher the one that does retention, or keeps it that.
    ///
    /// - Returns: `false` while another one does it.
    func takeRetention() async throws -> Bool {
        try await pool.withConnection { connection in
            try await connection.execute(
                """
                UPDATE outbox_retention
                SET owner = \(instance), lease_until = now() + \(Int64(Self.retentionLease)) * interval '1 second'
                WHERE owner = \(instance) OR lease_until IS NULL OR lease_until < now()
                """) > 0
        }
    }

    /// What one step of the walk did.
    struct Swept: Sendable {
        let deleted: Int
        /// Nothing that is old lies ahead, for now.
        let reachedEnd: Bool
        /// How long ago the oldest of the deleted events could have been deleted.
        let overdueSeconds: Double
    }

    /// One step of the walk that deletes settled events older than `age`, by sequence.
    ///
    /// Looks at a bounded number of rows, skips locked ones, and never deletes one that is not settled. Where it has
    /// got to is kept in the database: a walk from the first row would read over all that was deleted since the last vacuum
    /// and over all that may not be deleted, each time. What is left behind, being locked or not settled, is found by a
    /// walk from the start, now and then. No index by `published_at` is needed, which every settle would have to fill:
    /// the walk ends where events were made within `age`, since nothing behind can have been settled before.
    ///
    /// - Parameters:
    ///   - grace: how much longer than `age` events are kept, so that those made before their age's border, but settled
    ///     after it, are not left behind.
    ///   - fullWalk: how often a walk begins at the start.
    func sweep(
        olderThan age: Duration, grace: Duration, fullWalk: Duration, from table: RetentionTable = .outbox,
        window: Int = 2000
    ) async throws -> Swept {
        try await pool.withConnection { connection in
            let result = try await connection.query(
                """
                WITH walk AS MATERIALIZED (
                    SELECT position, now() - \(age.wholeMilliseconds) * interval '1 millisecond' AS border,
                        walk_started_at < now() - \(fullWalk.wholeMilliseconds) * interval '1 millisecond' AS is_due
                    FROM outbox_retention WHERE owner = \(instance) FOR UPDATE SKIP LOCKED
                ), span AS MATERIALIZED (
                    SELECT e.id, e.published_at, e.published AND e.published_at < walk.border AS is_old,
                        e.created_at >= walk.border - \(grace.wholeMilliseconds) * interval '1 millisecond' AS is_young
                    FROM walk CROSS JOIN LATERAL (
                        SELECT id, published, published_at, created_at FROM \(unsafe: table.rawValue)
                        WHERE id > walk.position ORDER BY id LIMIT \(Int64(window))
                    ) AS e
                ), doomed AS MATERIALIZED (
                    SELECT id FROM \(unsafe: table.rawValue)
                    WHERE id IN (SELECT id FROM span WHERE is_old) AND published FOR UPDATE SKIP LOCKED
                ), deleted AS (
                    DELETE FROM \(unsafe: table.rawValue) WHERE id IN (SELECT id FROM doomed) RETURNING id
                ), seen AS MATERIALIZED (
                    SELECT max(id) AS last, min(id) FILTER (WHERE is_young) AS first_young,
                        count(*) < \(Int64(window))
                            OR coalesce(max(id) FILTER (WHERE is_young) = max(id), FALSE) AS is_end,
                        coalesce(
                            extract(epoch FROM (SELECT border FROM walk) - min(published_at) FILTER (WHERE is_old)), 0
                        ) AS overdue
                    FROM span
                ), moved AS (
                    UPDATE outbox_retention r
                    SET position = CASE
                            WHEN is_end AND walk.is_due THEN 0
                            WHEN is_end THEN coalesce(first_young - 1, last, r.position)
                            ELSE last END,
                        walk_started_at = CASE WHEN is_end AND walk.is_due THEN now() ELSE r.walk_started_at END
                    FROM seen, walk
                )
                SELECT (SELECT count(*) FROM deleted), is_end, overdue::float8 FROM seen
                """)
            let (deleted, isEnd, overdue) = try result[0].decode((Int64, Bool, Double).self)
            return Swept(deleted: Int(deleted), reachedEnd: isEnd, overdueSeconds: overdue)
        }
    }

    /// Where events are deleted one by one.
    enum RetentionTable: String {
        case outbox = "outbox_events"
        /// What found no other partition; the others are dropped whole.
        case defaultPartition = "outbox_events_default"
    }

    /// What one step of the partitions' upkeep did.
    struct PartitionUpkeep: Sendable {
        /// 0 for a table without.
        let partitions: Int
        let created: String?
        let dropped: String?
        /// Old ones that stay because of events that are not settled.
        let heldBack: Int
        /// The default partition holds events.
        let isSpilled: Bool
    }

    /// Makes the next partition ahead of time, or drops one whose events are all settled and older than `age`.
    func keepPartitions(olderThan age: Duration) async throws -> PartitionUpkeep {
        try await pool.withConnection { connection in
            let result = try await connection.query(
                """
                SELECT partitions, created, dropped, held_back, is_spilled
                FROM outbox_keep_partitions(\(age.wholeMilliseconds) * interval '1 millisecond')
                """)
            let row = result[0]
            return PartitionUpkeep(
                partitions: Int(try row.decode(0, as: Int32.self)), created: try row.decode(1),
                dropped: try row.decode(2), heldBack: Int(try row.decode(3, as: Int32.self)),
                isSpilled: try row.decode(4))
        }
    }
}

extension Duration {
    fileprivate var wholeMilliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}
