public import LibPQ

/// Writes events to the outbox, in the caller's transaction.
///
/// ```swift
/// try await pool.withTransaction { transaction in
///     try await transaction.execute("UPDATE positions SET title = \(title) WHERE code = \(code)")
///     try await repository.save(event, in: transaction)
/// }
/// ```
///
/// A failed save fails the transaction, so that a change never commits without its event; a transaction that is
/// rolled back leaves no event.
public struct OutboxRepository: Sendable {
    /// Whether ``save(_:in:)`` locks the aggregates of what it saves until the transaction ends.
    public let locksAggregates: Bool

    /// - Parameter locksAggregates: takes `pg_advisory_xact_lock` on each aggregate, so that two transactions on one
    ///   aggregate commit in the order of their sequences, even when they share no row lock. Turn it off only when
    ///   every writer locks the aggregate's row before it saves, or for loads of very many aggregates in one
    ///   transaction (each lock takes a place in the server's lock table, `max_locks_per_transaction`).
    public init(locksAggregates: Bool = true) {
        self.locksAggregates = locksAggregates
    }

    /// Saves one event.
    ///
    /// - Returns: the event's sequence, which grows within its aggregate.
    /// - Throws: `PQError`; the transaction has then failed.
    @discardableResult
    public func save(_ event: OutboxEvent, in transaction: PQTransaction) async throws -> Int64 {
        try await transaction.query(insertion(of: event)).int64(row: 0, column: 0)
    }

    /// Saves many events, in the order given, in one statement.
    ///
    /// - Returns: their sequences, in the same order.
    /// - Throws: `PQError`; the transaction has then failed.
    @discardableResult
    public func save(contentsOf events: [OutboxEvent], in transaction: PQTransaction) async throws -> [Int64] {
        guard !events.isEmpty else { return [] }
        let result = try await transaction.query(insertion(of: events))
        var sequences: [Int64] = []
        sequences.reserveCapacity(events.count)
        for row in 0..<result.rowCount {
            sequences.append(try result.int64(row: row, column: 0))
        }
        return sequences
    }

    /// Saves one event together with the transaction's COMMIT, in one round trip: the least that an event can cost. For
    /// whoever doesn't need the event's sequence.
    ///
    /// The aggregate is locked for that moment only. So sequences and commits have one order, but what the transaction
    /// does before is not kept apart from what others do to the aggregate.
    ///
    /// It is the same transaction, so the promise is the same: no change without its event. If the event can't be saved,
    /// nothing is committed and `withTransaction` throws the error.
    ///
    /// - Throws: `PQError` when the transaction has ended.
    public func save(_ event: OutboxEvent, atCommitOf transaction: PQTransaction) throws {
        try transaction.atCommit(insertion(of: event))
    }

    /// Saves many events, in the order given, in one statement together with the transaction's COMMIT; see
    /// ``save(_:atCommitOf:)``.
    ///
    /// - Throws: `PQError` when the transaction has ended.
    public func save(contentsOf events: [OutboxEvent], atCommitOf transaction: PQTransaction) throws {
        guard !events.isEmpty else { return }
        try transaction.atCommit(insertion(of: events))
    }
}
