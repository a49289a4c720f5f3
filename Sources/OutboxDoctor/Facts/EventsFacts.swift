import FoundationEssentials
import LibPQ

/// What waits in the outbox, as far as a bounded look shows.
struct EventsFacts: Sendable {
    /// An aggregate type with events.
    struct AggregateType: Sendable, Hashable {
        var name: String
        /// Events that wait and are due, parked ones left out.
        var pending: Int64 = 0
        var oldestSeconds: Double = 0
        /// What its largest event that is not settled takes as a record, about; parked ones too.
        var largestBytes: Int64 = 0
        /// What a dispatcher wrote beside an event that waits, without being to blame.
        var waitsFor: String?
    }

    /// An event that failed.
    struct Failed: Sendable, Hashable {
        var eventID: UUID
        var aggregate: String
        var attempts: Int64
        var reason: String
    }

    var types: [AggregateType] = []
    var parked: Int64 = 0
    var firstParked: Failed?
    /// Failed events that will be tried again.
    var held: Int64 = 0
    var firstHeld: Failed?
    /// Since an event was settled last; `nil` when none is kept.
    var sinceSettledSeconds: Double?
    /// There are more than were looked at.
    var isPartial = false

    /// Events that wait, parked ones left out.
    var pending: Int64 { types.reduce(0) { $0 + $1.pending } }
    var oldestSeconds: Double { types.map(\.oldestSeconds).max() ?? 0 }

    /// The most events that are looked at, and the most of the parked ones.
    private static let bound: Int64 = 20_000
    private static let parkedBound: Int64 = 1000

    static func read(_ connection: PQConnection) async throws -> EventsFacts {
        var facts = EventsFacts()
        let pending = try await connection.query(
            """
            SELECT aggregate_type, count(*) FILTER (WHERE due),
                coalesce(extract(epoch FROM now() - min(created_at) FILTER (WHERE due)), 0)::float8,
                max(octet_length(payload::text) + octet_length(headers::text) + octet_length(aggregate_id) + 400)::int8,
                min(last_error) FILTER (WHERE due), sum(count(*) FILTER (WHERE parked_at IS NULL)) OVER ()::int8
            FROM (
                (
                    SELECT *, available_at <= greatest(created_at, now()) AND retry_count = 0 AS due FROM outbox_events
                    WHERE NOT published AND parked_at IS NULL LIMIT \(bound)
                ) UNION ALL (
                    SELECT *, FALSE FROM outbox_events WHERE NOT published AND parked_at IS NOT NULL
                    LIMIT \(parkedBound)
                )
            ) AS waiting GROUP BY aggregate_type ORDER BY aggregate_type
            """)
        facts.types = try pending.rows.map { row in
            AggregateType(
                name: try row.decode(0), pending: try row.decode(1), oldestSeconds: max(0, try row.decode(2)),
                largestBytes: try row.decode(3), waitsFor: try row.decode(4))
        }
        if pending.rowCount > 0 { facts.isPartial = try pending[0].decode(5, as: Int64.self) >= bound }
        let recent = try await connection.query(
            """
            SELECT aggregate_type, extract(epoch FROM now() - max(published_at))::float8
            FROM (SELECT aggregate_type, published_at FROM outbox_events ORDER BY id DESC LIMIT 5000) AS last
            GROUP BY aggregate_type ORDER BY aggregate_type
            """)
        for row in recent.rows {
            let (name, settled) = try row.decode((String, Double?).self)
            if let settled { facts.sinceSettledSeconds = min(settled, facts.sinceSettledSeconds ?? settled) }
            if !facts.types.contains(where: { $0.name == name }) { facts.types.append(AggregateType(name: name)) }
        }
        (facts.parked, facts.firstParked) = try await failed(connection, "parked_at IS NOT NULL")
        (facts.held, facts.firstHeld) = try await failed(connection, "parked_at IS NULL AND available_at > now()")
        return facts
    }

    private static func failed(_ connection: PQConnection, _ condition: String) async throws -> (Int64, Failed?) {
        let result = try await connection.query(
            """
            SELECT count(*) OVER (), event_id, aggregate_type || ':' || aggregate_id, retry_count::int8,
                coalesce(last_error, '')
            FROM outbox_events WHERE NOT published AND retry_count > 0 AND \(unsafe: condition) ORDER BY id LIMIT 1
            """)
        guard result.rowCount > 0 else { return (0, nil) }
        let (count, id, aggregate, attempts, reason) = try result[0].decode(
            (Int64, UUID, String, Int64, String).self)
        return (count, Failed(eventID: id, aggregate: aggregate, attempts: attempts, reason: reason))
    }
}
