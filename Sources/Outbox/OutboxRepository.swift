import FoundationEssentials
public import LibPQ
import OutboxTelemetry

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
        try await save(contentsOf: [event], in: transaction)[0]
    }

    /// Saves many events, in the order given, in one statement.
    ///
    /// - Returns: their sequences, in the same order.
    /// - Throws: `PQError`; the transaction has then failed.
    @discardableResult
    public func save(contentsOf events: [OutboxEvent], in transaction: PQTransaction) async throws -> [Int64] {
        guard !events.isEmpty else { return [] }
        let ids = events.map(\.id)
        let aggregateIDs = events.map(\.aggregateID)
        let aggregateTypes = events.map(\.aggregateType)
        let eventTypes = events.map(\.eventType)
        let payloads = events.map { PQJSON(bytes: $0.payload) }
        let headers = events.map { PQJSON(bytes: HeadersJSON.encode($0.headers, trace: TraceContext.current)) }
        let availableAt = events.map(\.availableAt)
        // The locks are taken in a fixed order below a sort, that is before the first sequence is drawn.
        let result = try await transaction.query(
            """
            INSERT INTO outbox_events
                (event_id, aggregate_id, aggregate_type, event_type, payload, headers, available_at)
            SELECT event_id, aggregate_id, aggregate_type, event_type, payload, headers, coalesce(available_at, now())
            FROM (
                SELECT e.*, CASE WHEN \(locksAggregates) THEN outbox_lock_aggregate(aggregate_type, aggregate_id) END
                FROM unnest(
                    \(ids)::uuid[], \(aggregateIDs)::text[], \(aggregateTypes)::text[], \(eventTypes)::text[],
                    \(payloads)::jsonb[], \(headers)::jsonb[], \(availableAt)::timestamptz[]
                ) WITH ORDINALITY AS e (
                    event_id, aggregate_id, aggregate_type, event_type, payload, headers, available_at, position
                )
                ORDER BY outbox_aggregate_hash(aggregate_type, aggregate_id)
            ) AS locked
            ORDER BY position
            RETURNING id
            """)
        var sequences: [Int64] = []
        sequences.reserveCapacity(events.count)
        for row in 0..<result.rowCount {
            sequences.append(try result.int64(row: row, column: 0))
        }
        return sequences
    }
}
