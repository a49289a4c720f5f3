public import FoundationEssentials
package import LibPQ

/// Which dispatchers there are and how the lanes are shared among them, at one moment of the database's clock.
public struct LaneShares: Sendable, Hashable, Codable {
    /// A dispatcher that lives, or that lanes remember as their owner.
    public struct Dispatcher: Sendable, Hashable, Codable {
        /// What it does about lanes.
        public enum State: String, Sendable, Hashable, Codable {
            /// Lanes fall to it.
            case live
            /// It lives, but an operator told it to hand its lanes over, and it takes none.
            case drained
            /// It takes none any more, and owns lanes until what is in flight of them is settled or its leases end.
            case stopping
            /// It was silent for the length of its lease: killed, suspended, or cut off from the database.
            case gone
        }

        /// Its name.
        public let instance: String
        /// Whether lanes fall to it, and if not, why.
        public let state: State
        /// When its process started; `nil` when that is not known any more.
        public let startedAt: Date?
        /// When an operator told it to hand its lanes over; `nil` when none did.
        public let drainedAt: Date?
        /// The lanes it owns, by leases that have not run out.
        public let lanes: [Int]
        /// The lanes that it owned until its lease ran out, and that nobody has taken since.
        public let expiredLanes: [Int]
        /// The lowest epoch of all these lanes; `nil` when there are none.
        public let lowestEpoch: Int64?
        /// The highest epoch of all these lanes; `nil` when there are none.
        public let highestEpoch: Int64?
        /// Until the first of its leases ends; negative when all have run out, `nil` when it has none.
        public let leaseSeconds: Double?

        /// Whether its process is there.
        public var isAlive: Bool { state == .live || state == .drained }
    }

    /// How many lanes there are: as many as the live dispatchers work with, else as many as the schema has.
    public let count: Int
    /// Lanes that nobody owns, those with a lease that has run out among them.
    public let unowned: [Int]
    /// By name.
    public let dispatchers: [Dispatcher]

    /// Those that lanes fall to.
    public var takers: [Dispatcher] { dispatchers.filter { $0.state == .live } }

    /// How many lanes each owner has beyond its share, of those that have more; they move by themselves, each when what
    /// is in flight of it is settled.
    public var surplus: [String: Int] {
        let takers = takers.sorted { ($1.lanes.count, $0.instance) < ($0.lanes.count, $1.instance) }
        let (share, leftOver) = takers.isEmpty ? (0, 0) : count.quotientAndRemainder(dividingBy: takers.count)
        let shares = Dictionary(
            uniqueKeysWithValues: takers.enumerated().map { ($1.instance, share + ($0 < leftOver ? 1 : 0)) })
        let surplus = dispatchers.map { ($0.instance, $0.lanes.count - (shares[$0.instance] ?? 0)) }
        return Dictionary(uniqueKeysWithValues: surplus.filter { $1 > 0 })
    }

    /// Every lane is owned by one that lanes fall to, and no two shares differ by more than one.
    public var areEven: Bool { surplus.isEmpty && unowned.isEmpty }

    /// The one with this name; `nil` when there is none.
    public func dispatcher(_ instance: String) -> Dispatcher? { dispatchers.first { $0.instance == instance } }

    package static func read(in session: any PQSession) async throws -> LaneShares {
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
                coalesce(l.leased, '{}'), coalesce(l.expired, '{}'), l.lowest, l.highest, l.seconds
            FROM outbox_dispatchers d FULL JOIN (
                SELECT owner, array_agg(lane ORDER BY lane) FILTER (WHERE lease_until >= now()) AS leased,
                    array_agg(lane ORDER BY lane) FILTER (WHERE lease_until < now()) AS expired,
                    min(epoch) AS lowest, max(epoch) AS highest,
                    extract(epoch FROM coalesce(
                        min(lease_until) FILTER (WHERE lease_until >= now()), max(lease_until)) - now())::float8
                        AS seconds
                FROM outbox_lanes WHERE owner IS NOT NULL AND lane < \(count) GROUP BY owner
            ) l ON l.owner = d.instance
            WHERE d.seen_until > now() OR l.owner IS NOT NULL
            ORDER BY 1
            """)
        let dispatchers = try result.rows.map(Dispatcher.init)
        let owned = Set(dispatchers.flatMap(\.lanes))
        return LaneShares(
            count: Int(count), unowned: (0..<Int(count)).filter { !owned.contains($0) }, dispatchers: dispatchers)
    }
}

extension LaneShares.Dispatcher {
    fileprivate init(_ row: PQRow) throws {
        let isAlive = try row.decode(1, as: Bool.self)
        instance = try row.decode(0)
        startedAt = try row.decode(2)
        drainedAt = try row.decode(3)
        lanes = try row.decode(4, as: [Int32].self).map(Int.init)
        expiredLanes = try row.decode(5, as: [Int32].self).map(Int.init)
        lowestEpoch = try row.decode(6)
        highestEpoch = try row.decode(7)
        leaseSeconds = try row.decode(8)
        state = isAlive ? (drainedAt == nil ? .live : .drained) : lanes.isEmpty ? .gone : .stopping
    }
}
