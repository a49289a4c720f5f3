import FoundationEssentials
import IdempotentConsumer
import LibPQ
import Outbox

/// A record that is not, byte by byte, what its row says: member by member, it may still be the same.
struct Doubt {
    let event: ReceivedEvent
    let key: [UInt8]
    /// Whether its headers name the aggregate's type, or it was guessed.
    let namesAggregateType: Bool

    /// Compares records with their rows. Payloads are compared as JSON values, by the server.
    ///
    /// - Returns: what differs, by event; those of which nothing does, and those without a row, are left out.
    static func settle(
        _ doubts: [Doubt], pool: PQPool, template: TopicTemplate
    ) async throws -> [(eventID: UUID, reason: String)] {
        guard !doubts.isEmpty else { return [] }
        do {
            return try await compare(doubts, pool: pool, template: template)
        } catch let error as PQError where error.code == .server {
            // One of them is JSON that PostgreSQL can't hold; it can't be its row's payload.
            guard doubts.count > 1 else { return [(doubts[0].event.eventID, "its payload")] }
            var result: [(eventID: UUID, reason: String)] = []
            for doubt in doubts { result += try await settle([doubt], pool: pool, template: template) }
            return result
        }
    }

    private static func compare(
        _ doubts: [Doubt], pool: PQPool, template: TopicTemplate
    ) async throws -> [(eventID: UUID, reason: String)] {
        let rows = try await pool.withConnection { connection in
            try await connection.query(
                """
                SELECT place, id, event_type, aggregate_type, aggregate_id, payload = value::jsonb
                FROM unnest(
                    \(doubts.indices.map(Int64.init)), \(doubts.map(\.event.eventID)),
                    \(doubts.map { String(decoding: $0.event.payload, as: UTF8.self) })
                ) AS record (place, event_id, value)
                JOIN outbox_events USING (event_id)
                """)
        }
        var result: [(eventID: UUID, reason: String)] = []
        for row in rows.rows {
            let (place, id, eventType, type, aggregateID, isSamePayload) = try row.decode(
                (Int64, Int64, String, String, String, Bool).self)
            let doubt = doubts[Int(place)]
            let event = doubt.event
            var differences: [String] = []
            if event.topic != template.uncheckedName(for: type) { differences.append("topic") }
            if !doubt.key.elementsEqual(aggregateID.utf8) { differences.append("key") }
            if event.eventType != eventType { differences.append("event type") }
            if doubt.namesAggregateType, event.aggregateType != type { differences.append("aggregate type") }
            if event.aggregateID != aggregateID { differences.append("aggregate id") }
            if event.sequence != 0, event.sequence != id { differences.append("sequence") }
            if !isSamePayload { differences.append("payload") }
            if !differences.isEmpty {
                result.append((event.eventID, "not as in its row: " + differences.joined(separator: ", ")))
            }
        }
        return result
    }
}
