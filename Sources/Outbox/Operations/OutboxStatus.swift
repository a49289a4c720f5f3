public import FoundationEssentials
public import LibPQ

/// What the outbox holds, at one moment.
public struct OutboxStatus: Sendable, Hashable, Codable {
    /// One aggregate type's events.
    public struct AggregateType: Sendable, Hashable, Codable {
        /// Which one.
        public let aggregateType: String
        /// Waiting to be published, those of held aggregates among them, parked ones left out.
        public let pending: Int64
        /// Of the pending, those scheduled for later by their writer.
        public let scheduled: Int64
        /// Aggregates on hold: with a failed event that waits for its retry, or with a parked one.
        public let heldAggregates: Int64
        /// Events whose retries are used up, which wait for an operator.
        public let parked: Int64
        /// Age of the oldest event that waits.
        public let oldestAgeSeconds: Double
    }

    /// A dispatcher's share of the lanes.
    public struct Owner: Sendable, Hashable, Codable {
        /// `nil` for lanes that nobody owns.
        public let owner: String?
        /// How many lanes it owns.
        public let lanes: Int64
        /// Until the first of its leases ends; negative when it has run out.
        public let leaseSeconds: Double?
    }

    /// Those with events that wait or are parked, by name.
    public let aggregateTypes: [AggregateType]
    /// Who owns the lanes, by name; lanes that nobody owns come last.
    public let owners: [Owner]
    /// The dispatchers that live, and how the lanes are shared among them.
    public let lanes: LaneShares
    /// Settled events that retention has kept so far.
    public let publishedKept: Int64
    /// When the last of them was settled.
    public let lastPublishedAt: Date?
    /// The highest sequence among the rows there are; 0 when there are none.
    public let lastSequence: Int64

    /// Events of all types that wait, parked ones left out.
    public var pending: Int64 { aggregateTypes.reduce(0) { $0 + $1.pending } }
    /// Parked events of all types.
    public var parked: Int64 { aggregateTypes.reduce(0) { $0 + $1.parked } }

    /// Reads the status in one snapshot. Its time grows with the number of rows there are.
    /// - Throws: `PQError`.
    public static func read(from pool: PQPool) async throws -> OutboxStatus {
        try await pool.withTransaction(isolation: .repeatableRead, readOnly: true) { transaction in
            let types = try await aggregateTypes(in: transaction)
            let owners = try await transaction.query(
                """
                SELECT owner, count(*), extract(epoch FROM min(lease_until) - now())::float8
                FROM outbox_lanes GROUP BY owner ORDER BY owner NULLS LAST
                """)
            let totals = try await transaction.query(
                """
                SELECT count(*) FILTER (WHERE published), max(published_at), coalesce(max(id), 0) FROM outbox_events
                """)
            let lanes = try await LaneShares.read(in: transaction)
            return OutboxStatus(
                aggregateTypes: types,
                owners: try owners.rows.map { row in
                    Owner(owner: try row.decode(0), lanes: try row.decode(1), leaseSeconds: try row.decode(2))
                },
                lanes: lanes, publishedKept: try totals[0].decode(0),
                lastPublishedAt: try totals[0].decode(1), lastSequence: try totals[0].decode(2))
        }
    }

    /// Those with events that wait or are parked, by name. Its time grows with what waits, not with what is kept.
    package static func aggregateTypes(in session: any PQSession) async throws -> [AggregateType] {
        let types = try await session.query(
            """
            SELECT aggregate_type, count(*) FILTER (WHERE parked_at IS NULL),
                count(*) FILTER (WHERE parked_at IS NULL AND retry_count = 0
                    AND available_at > greatest(created_at, now())),
                count(DISTINCT aggregate_id) FILTER (
                    WHERE retry_count > 0 AND (parked_at IS NOT NULL OR available_at > now())),
                count(*) FILTER (WHERE parked_at IS NOT NULL),
                extract(epoch FROM now() - min(created_at))::float8
            FROM outbox_events WHERE NOT published GROUP BY aggregate_type ORDER BY aggregate_type
            """)
        return try types.rows.map { row in
            AggregateType(
                aggregateType: try row.decode(0), pending: try row.decode(1), scheduled: try row.decode(2),
                heldAggregates: try row.decode(3), parked: try row.decode(4),
                oldestAgeSeconds: max(0, try row.decode(5)))
        }
    }
}
