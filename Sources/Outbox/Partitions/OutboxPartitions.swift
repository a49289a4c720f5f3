public import LibPQ

/// The outbox's table in partitions by sequence, so that retention drops a partition instead of deleting rows.
///
/// For writers nothing changes but this: an event id is unique within its partition only, and an `INSERT` can no longer
/// say `ON CONFLICT (event_id)` (`ON CONFLICT DO NOTHING` works). Consumers dedupe on event ids anyway.
///
/// *Why by sequence:* a partitioned table's primary key must hold what it is partitioned by. By sequence the key stays
/// `id`, settling finds its partition without a search, and no event ever moves. By time the key would have to become
/// `(id, created_at)`, which the tables' contract forbids.
public enum OutboxPartitions {
    /// How many sequences a partition spans unless told otherwise.
    public static let defaultRows: Int64 = 10_000_000

    /// What a conversion did.
    public struct Conversion: Sendable, Hashable {
        /// How long writers and dispatchers were kept waiting.
        public let lockedFor: Duration
        /// Rows copied from table to table: none on the way to partitions.
        public let rowsMoved: Int
    }

    /// What a conversion is at.
    public enum Progress: Sendable, Hashable {
        /// PostgreSQL reads the table, of about so many rows when it has counted them, and doesn't say how far it is.
        case reading(rows: Int64?)
        /// The table's lock is waited for, and names change places under it.
        case swapping
        /// So many rows have been copied, of about so many when PostgreSQL has counted them.
        case moved(rows: Int, of: Int64?)
    }

    /// Whether the table has partitions.
    public static func isPartitioned(on session: any PQSession) async throws -> Bool {
        let answer = try await session.query(
            "SELECT coalesce((SELECT relkind = 'p' FROM pg_class WHERE oid = to_regclass('outbox_events')), FALSE)")
        return try answer[0].decode(0)
    }

    /// Makes the table partitioned, while writers and dispatchers go on. The rows there are become the first partition;
    /// none is rewritten.
    ///
    /// The table is read once, without keeping anyone waiting, to prove that all its rows belong into the first
    /// partition, which spans `rows` sequences more than have been drawn. Then names change places, under a lock that
    /// waits at most 300 ms at a time for transactions in progress and is held for milliseconds.
    ///
    /// - Parameters:
    ///   - pool: of the table's owner, two connections at least, not through a pooler in transaction mode. The schema
    ///     must be up to date (``OutboxMigrations/apply(on:lanes:)``).
    ///   - rows: how many sequences a partition spans. Take about a tenth of the events that retention keeps: claims
    ///     look into every partition.
    ///   - patience: how long to try for the lock.
    ///   - progress: called when something new begins.
    /// - Returns: what was done; `nil` when the table has partitions already.
    /// - Throws: ``OutboxError`` when something hangs on the table that partitions can't carry, or when events came
    ///   faster than the proof; `PQError`. The table is then as it was.
    @discardableResult
    public static func convert(
        in pool: PQPool, rows: Int64 = defaultRows, patience: Duration = .seconds(600),
        progress: @Sendable (Progress) -> Void = { _ in }
    ) async throws -> Conversion? {
        guard rows >= 100 else { throw OutboxError(.schema, "\(rows) rows in a partition: must be 100 at least") }
        return try await pool.withConnection { connection in
            guard try await !isPartitioned(on: connection) else { return nil }
            return try await OutboxMigrations.migrator.withLock(on: connection) {
                try await refuseWhatHangsOnTable(connection)
                try await withLockOnTable(connection, patience: patience) { transaction in
                    try await transaction.run(script: PartitionScripts.removeLeftovers)
                }
                let last = try await connection.query("SELECT last_value FROM outbox_events_id_seq")
                let bound = try last.int64(row: 0, column: 0) + rows
                try await connection.run(script: PartitionScripts.prepare(bound: bound, rows: rows))
                do {
                    progress(.reading(rows: try await estimatedRows(of: ["outbox_events"], on: connection)))
                    try await prove(connection, pool: pool, bound: bound, rows: rows, patience: patience)
                    progress(.swapping)
                    let lockedFor = try await withLockOnTable(connection, patience: patience) { transaction in
                        try await transaction.run(script: PartitionScripts.swap(bound: bound, rows: rows))
                    }
                    return Conversion(lockedFor: lockedFor, rowsMoved: 0)
                } catch {
                    try await shieldedFromCancellation {
                        _ = try await withLockOnTable(connection, patience: patience) { transaction in
                            try await transaction.run(script: PartitionScripts.removeLeftovers)
                        }
                    }
                    throw error
                }
            }
        }
    }

    private static func prove(
        _ connection: PQConnection, pool: PQPool, bound: Int64, rows: Int64, patience: Duration
    ) async throws {
        try await withLockOnTable(connection, patience: patience) { transaction in
            try await transaction.run(script: PartitionScripts.addProof(bound: bound))
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await connection.run(script: PartitionScripts.validateProof) }
            group.addTask { try await watchSequence(pool, limit: bound - rows / 4) }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// The proof is a constraint: it must be gone before a writer's sequence breaks it.
    private static func watchSequence(_ pool: PQPool, limit: Int64) async throws {
        while true {
            let last = try await pool.withConnection { connection in
                try await connection.query("SELECT last_value FROM outbox_events_id_seq").int64(row: 0, column: 0)
            }
            guard last < limit else {
                throw OutboxError(
                    .schema, "events come faster than the table can be read: try again with larger partitions")
            }
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    /// Makes the table plain again, while writers and dispatchers go on.
    ///
    /// The largest partition becomes the table; pending events of the others move into it under the lock, settled ones
    /// afterwards, batch by batch. Can be repeated when it was interrupted.
    ///
    /// - Parameters:
    ///   - connection: the table's owner's, not through a pooler in transaction mode.
    ///   - patience: how long to wait for the table's lock, in short attempts that let others pass.
    ///   - progress: called now and then.
    /// - Returns: what was done; `nil` when there was nothing to do.
    /// - Throws: ``OutboxError`` when too many events are pending to be moved under a lock; `PQError`.
    @discardableResult
    public static func revert(
        on connection: PQConnection, patience: Duration = .seconds(600),
        progress: @Sendable (Progress) -> Void = { _ in }
    ) async throws -> Conversion? {
        try await OutboxMigrations.migrator.withLock(on: connection) {
            var lockedFor: Duration = .zero
            let isPartitioned = try await isPartitioned(on: connection)
            if isPartitioned {
                progress(.swapping)
                lockedFor = try await withLockOnTable(connection, patience: patience) { transaction in
                    try await transaction.run(script: PartitionScripts.unify)
                }
            }
            let leftovers = try await connection.query(PartitionScripts.detached)
                .rows.map { try $0.decode(0, as: String.self) }
            guard isPartitioned || !leftovers.isEmpty else { return nil }
            let total = try await estimatedRows(of: leftovers, on: connection)
            var moved = 0
            for table in leftovers {
                try await moveSettled(from: table, on: connection) { rows in
                    moved += rows
                    progress(.moved(rows: moved, of: total))
                }
            }
            return Conversion(lockedFor: lockedFor, rowsMoved: moved)
        }
    }

    /// Moves what is left of a partition into the table, and drops it.
    ///
    /// - Parameter moved: told of each batch.
    private static func moveSettled(
        from table: String, on connection: PQConnection, moved: (Int) -> Void
    ) async throws {
        var after = Int64.min
        while true {
            let result = try await connection.query(
                """
                WITH batch AS (
                    DELETE FROM \(unsafe: table) WHERE id IN (
                        SELECT id FROM \(unsafe: table) WHERE id > \(after) ORDER BY id LIMIT 5000)
                    RETURNING *
                ), copied AS (
                    INSERT INTO outbox_events SELECT * FROM batch ON CONFLICT DO NOTHING
                )
                SELECT count(*), max(id) FROM batch
                """)
            let (count, last) = try result[0].decode((Int64, Int64?).self)
            guard let last else { break }
            moved(Int(count))
            after = last
        }
        try await connection.run(script: "DROP TABLE \(table)")
    }

    /// How many rows PostgreSQL takes tables to have together; nil when it has counted none of them yet.
    private static func estimatedRows(of tables: [String], on connection: PQConnection) async throws -> Int64? {
        let rows = try await connection.query(
            """
            SELECT sum(reltuples)::int8 FROM pg_class WHERE oid = ANY(\(tables)::text[]::regclass[]) AND reltuples >= 0
            """)
        return try rows[0].decode(0, as: Int64?.self)
    }

    private static func refuseWhatHangsOnTable(_ connection: PQConnection) async throws {
        let found = try await connection.query(PartitionScripts.whatHangsOnTable)
        let names = try found.rows.map { try $0.decode(0, as: String.self) }
        guard names.isEmpty else {
            throw OutboxError(
                .schema,
                "outbox_events can't be made partitioned while these hang on it: "
                    + names.joined(separator: ", "))
        }
    }

    /// Runs `body` in a transaction that has the table to itself. While it waits for that, later writers wait behind
    /// it: so it waits briefly, again and again.
    ///
    /// - Returns: how long the lock was held.
    @discardableResult
    private static func withLockOnTable(
        _ connection: PQConnection, patience: Duration, _ body: (PQTransaction) async throws -> Void
    ) async throws -> Duration {
        let deadline = ContinuousClock.now + patience
        while true {
            do {
                var start = ContinuousClock.now
                try await connection.withTransaction { transaction in
                    try await transaction.run(
                        script: """
                            SET LOCAL lock_timeout = '300ms';
                            LOCK TABLE outbox_events IN ACCESS EXCLUSIVE MODE
                            """)
                    start = .now
                    try await body(transaction)
                }
                return .now - start
            } catch let error as PQError where error.sqlState == "55P03" && ContinuousClock.now < deadline {
                try await Task.sleep(for: .milliseconds(500))
            }
        }
    }
}
