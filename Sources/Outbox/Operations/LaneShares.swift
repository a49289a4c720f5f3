public import FoundationEssentials
import LibPQ

/// Which dispatchers live and how the lanes are shared among them, at one moment of the database's clock.
public struct LaneShares: Sendable, Hashable, Codable {
    /// A dispatcher that lives, or that still owns lanes.
    public struct Dispatcher: Sendable, Hashable, Codable {
        /// Its name.
        public let instance: String
        /// It has neither stopped nor been silent for the length of its lease. One that stops is not live any more and
        /// may own lanes until what is in flight of them is settled.
        public let isLive: Bool
        /// When its process started; `nil` when it has gone and only its leases are left.
        public let startedAt: Date?
        /// When an operator told it to hand its lanes over; `nil` when none did.
        public let drainedAt: Date?
        /// How many lanes it owns by leases that have not run out.
        public let lanes: Int
        /// The lowest epoch of these lanes; `nil` when it owns none.
        public let lowestEpoch: Int64?
        /// The highest epoch of these lanes; `nil` when it owns none.
        public let highestEpoch: Int64?
        /// Until the first of its leases ends; `nil` when it owns none.
        public let leaseSeconds: Double?

        /// Whether lanes fall to it.
        public var isMember: Bool { isLive && drainedAt == nil }
    }

    /// How many lanes there are: as many as the live dispatchers work with, else as many as the schema has.
    public let count: Int
    /// Lanes that nobody owns, those with a lease that has run out among them.
    public let unowned: Int
    /// By name.
    public let dispatchers: [Dispatcher]

    /// Every lane is owned by a live dispatcher that is not drained, and no two shares differ by more than one.
    public var areEven: Bool {
        let shares = dispatchers.filter(\.isMember).map(\.lanes)
        guard let least = shares.min(), let most = shares.max() else { return false }
        return most - least <= 1 && shares.reduce(0, +) == count
    }

    /// The one with this name; `nil` when it has gone.
    public func dispatcher(_ instance: String) -> Dispatcher? { dispatchers.first { $0.instance == instance } }

    static func read(in session: any PQSession) async throws -> LaneShares {
        let counts = try await session.query(
            """
            SELECT coalesce(
                (SELECT max(lanes) FROM outbox_dispatchers WHERE seen_until > now()),
                (SELECT count(*) FROM outbox_lanes))::int
            """)
        let count = try counts[0].decode(0, as: Int32.self)
        let result = try await session.query(
            """
            SELECT coalesce(d.instance, l.owner), coalesce(d.seen_until > now(), FALSE), d.started_at, d.drained_at,
                coalesce(l.lanes, 0), l.lowest, l.highest, l.seconds
            FROM outbox_dispatchers d FULL JOIN (
                SELECT owner, count(*) AS lanes, min(epoch) AS lowest, max(epoch) AS highest,
                    extract(epoch FROM min(lease_until) - now())::float8 AS seconds
                FROM outbox_lanes WHERE owner IS NOT NULL AND lease_until >= now() AND lane < \(count) GROUP BY owner
            ) l ON l.owner = d.instance
            WHERE d.seen_until > now() OR l.lanes > 0
            ORDER BY 1
            """)
        let dispatchers = try result.rows.map { row in
            Dispatcher(
                instance: try row.decode(0), isLive: try row.decode(1), startedAt: try row.decode(2),
                drainedAt: try row.decode(3), lanes: Int(try row.decode(4, as: Int64.self)),
                lowestEpoch: try row.decode(5), highestEpoch: try row.decode(6), leaseSeconds: try row.decode(7))
        }
        let owned = dispatchers.reduce(0) { $0 + $1.lanes }
        return LaneShares(count: Int(count), unowned: max(0, Int(count) - owned), dispatchers: dispatchers)
    }
}
