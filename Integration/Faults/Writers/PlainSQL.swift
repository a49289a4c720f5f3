import Foundation
import LibPQ

/// How a service in another language writes events.
enum PlainSQL {
    struct Row {
        let id: UUID
        let aggregate: AggregateKey
        /// JSON, of any kind.
        let payload: String
    }

    /// Locks aggregates until the transaction ends; in one order for all, so that there is no deadlock.
    static func lock(_ aggregates: [AggregateKey], in transaction: PQTransaction) async throws {
        let distinct = Array(Set(aggregates))
        try await transaction.execute(
            """
            SELECT outbox_lock_aggregate(type, id) FROM (
                SELECT type, id FROM unnest(\(distinct.map(\.type)), \(distinct.map(\.id))) AS a (type, id)
                ORDER BY outbox_aggregate_hash(type, id) OFFSET 0
            ) AS ordered
            """)
    }

    static func insert(_ rows: [Row], in transaction: PQTransaction) async throws {
        try await transaction.execute(
            """
            INSERT INTO outbox_events (event_id, aggregate_type, aggregate_id, event_type, payload)
            SELECT event_id, type, id, type || '.changed', payload::jsonb
            FROM unnest(
                \(rows.map(\.id)), \(rows.map(\.aggregate.type)), \(rows.map(\.aggregate.id)), \(rows.map(\.payload))
            ) WITH ORDINALITY AS e (event_id, type, id, payload, position)
            ORDER BY position
            """)
    }
}
