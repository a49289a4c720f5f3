import FoundationEssentials
import LibPQ
import OutboxTelemetry

// The locks are taken below, that is before, what draws the sequences.
extension OutboxRepository {
    /// The statement that inserts one event: half the server's work of the one for many.
    func insertion(of event: OutboxEvent) -> PQStatement {
        let payload = PQJSON(bytes: event.payload)
        let headers = PQJSON(bytes: HeadersJSON.encode(event.headers, trace: TraceContext.current))
        guard locksAggregates else {
            return """
                INSERT INTO outbox_events
                    (event_id, aggregate_id, aggregate_type, event_type, payload, headers, available_at)
                VALUES (
                    \(event.id), \(event.aggregateID), \(event.aggregateType), \(event.eventType), \(payload), \(headers),
                    coalesce(\(event.availableAt), now()))
                RETURNING id
                """
        }
        let (id, type) = (PQParameter(event.aggregateID), PQParameter(event.aggregateType))
        return """
            INSERT INTO outbox_events
                (event_id, aggregate_id, aggregate_type, event_type, payload, headers, available_at)
            SELECT
                \(event.id), \(id), \(type), \(event.eventType), \(payload), \(headers),
                coalesce(\(event.availableAt), now())
            FROM (SELECT outbox_lock_aggregate(\(type), \(id))) AS locked
            RETURNING id
            """
    }

    /// The statement that inserts events in the order given.
    func insertion(of events: [OutboxEvent]) -> PQStatement {
        let ids = events.map(\.id)
        let aggregateIDs = events.map(\.aggregateID)
        let aggregateTypes = events.map(\.aggregateType)
        let eventTypes = events.map(\.eventType)
        let payloads = events.map { PQJSON(bytes: $0.payload) }
        let headers = events.map { PQJSON(bytes: HeadersJSON.encode($0.headers, trace: TraceContext.current)) }
        let availableAt = events.map(\.availableAt)
        // In a fixed order, so that two transactions don't wait for each other.
        return """
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
            """
    }
}
