public import LibPQ

/// What an operator does with lanes: sees who owns them, and lets a dispatcher hand its own over.
public struct Lanes: Sendable {
    /// A lane.
    public struct Entry: Sendable, Hashable, Codable {
        /// Its number, from 0.
        public let lane: Int
        /// Who took it last and has not handed it over; `nil` when nobody has it.
        public let owner: String?
        /// The owner's lease has run out: nobody owns the lane now.
        public let isExpired: Bool
        /// Grows with every taking.
        public let epoch: Int64
        /// Until the lease ends; negative when it has run out, `nil` when nobody has one.
        public let leaseSeconds: Double?
        /// Its events that wait to be published, parked ones left out.
        public let pending: Int64
    }

    /// The lanes one by one, and how they are shared, at the same moment.
    public struct Listing: Sendable, Hashable, Codable {
        /// By number.
        public let lanes: [Entry]
        /// All of them, also when the list is one owner's.
        public let shares: LaneShares
    }

    /// What came of a change.
    public struct Change: Sendable, Hashable {
        /// The dispatchers to which it was news; only for these is it recorded.
        public let instances: [String]
        /// As it is now, in the same transaction.
        public let shares: LaneShares
    }

    private let pool: PQPool

    /// - Parameter pool: the outbox's database.
    public init(pool: PQPool) {
        self.pool = pool
    }

    /// How the lanes are shared at present. Its time does not depend on the events that wait.
    /// - Throws: `PQError`.
    public func shares() async throws -> LaneShares {
        try await pool.withTransaction(isolation: .repeatableRead, readOnly: true) { try await LaneShares.read(in: $0) }
    }

    /// Lists the lanes. Its time grows with the number of events that wait.
    ///
    /// - Parameter owner: only those that this instance took last; `nil` for all.
    /// - Throws: `PQError`.
    public func list(owner: String? = nil) async throws -> Listing {
        try await pool.withTransaction(isolation: .repeatableRead, readOnly: true) { transaction in
            let shares = try await LaneShares.read(in: transaction)
            let count = Int32(shares.count)
            let result = try await transaction.query(
                """
                SELECT l.lane, l.owner, l.owner IS NOT NULL AND l.lease_until < now(), l.epoch,
                    extract(epoch FROM l.lease_until - now())::float8, coalesce(p.pending, 0)
                FROM outbox_lanes l LEFT JOIN (
                    SELECT outbox_lane(aggregate_type, aggregate_id, \(count)) AS lane, count(*) AS pending
                    FROM outbox_events WHERE NOT published AND parked_at IS NULL GROUP BY 1
                ) p USING (lane)
                WHERE l.lane < \(count) AND (\(owner)::text IS NULL OR l.owner = \(owner))
                ORDER BY l.lane
                """)
            let lanes = try result.rows.map { row in
                Entry(
                    lane: Int(try row.decode(0, as: Int32.self)), owner: try row.decode(1),
                    isExpired: try row.decode(2), epoch: try row.decode(3), leaseSeconds: try row.decode(4),
                    pending: try row.decode(5))
            }
            return Listing(lanes: lanes, shares: shares)
        }
    }

    /// Lets a live dispatcher hand its lanes over, each when what is in flight of it is settled, and take none until
    /// ``undrain(_:actor:reason:)`` or its next start. It begins within a second or so.
    ///
    /// - Parameters:
    ///   - instance: its name; one that does not live is left alone.
    ///   - actor: who does it, for the audit.
    ///   - reason: why, for the audit.
    /// - Throws: `PQError`; then nothing was changed.
    public func drain(_ instance: String, actor: String, reason: String?) async throws -> Change {
        try await change(instance, isDrained: true, actor: actor, reason: reason)
    }

    /// Lets live dispatchers that were drained take their shares of the lanes again.
    ///
    /// - Parameters:
    ///   - instance: which one; `nil` for all.
    ///   - actor: who does it, for the audit.
    ///   - reason: why, for the audit.
    /// - Throws: `PQError`; then nothing was changed.
    public func undrain(_ instance: String? = nil, actor: String, reason: String?) async throws -> Change {
        try await change(instance, isDrained: false, actor: actor, reason: reason)
    }

    private func change(
        _ instance: String?, isDrained: Bool, actor: String, reason: String?
    ) async throws -> Change {
        try await pool.withTransaction { transaction in
            // Two operators who drain the last two dispatchers come one after the other, so that one is warned.
            _ = try await transaction.query("SELECT pg_advisory_xact_lock(hashtextextended('outbox_lanes', 0))")
            let changed = try await transaction.query(
                """
                WITH changed AS (
                    UPDATE outbox_dispatchers SET drained_at = CASE WHEN \(isDrained) THEN now() END
                    WHERE (\(instance)::text IS NULL OR instance = \(instance))
                        AND seen_until > now() AND (drained_at IS NULL) = \(isDrained)
                    RETURNING instance
                ), recorded AS (
                    INSERT INTO outbox_audit (actor, action, reason, details)
                    SELECT \(actor), CASE WHEN \(isDrained) THEN 'lanes.drain' ELSE 'lanes.undrain' END, \(reason),
                        jsonb_build_object('instance', instance)
                    FROM changed ORDER BY instance
                )
                SELECT instance FROM changed ORDER BY instance
                """)
            return Change(
                instances: try changed.rows.map { try $0.decode(0) },
                shares: try await LaneShares.read(in: transaction))
        }
    }
}
