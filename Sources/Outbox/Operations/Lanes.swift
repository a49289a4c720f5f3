public import LibPQ

/// What an operator does with lanes: sees who owns them, and lets a dispatcher hand its own over.
public struct Lanes: Sendable {
    /// A lane.
    public struct Entry: Sendable, Hashable, Codable {
        /// Its number, from 0.
        public let lane: Int
        /// `nil` when nobody owns it, or when the owner's lease has run out.
        public let owner: String?
        /// Grows with every taking.
        public let epoch: Int64
        /// Until the lease ends; `nil` when nobody owns it.
        public let leaseSeconds: Double?
        /// Its events that wait to be published, parked ones left out.
        public let pending: Int64
    }

    /// What came of telling a dispatcher to drain, or not to.
    public struct Change: Sendable, Hashable {
        /// Whether it was told; `false` when it has gone or does not live.
        public let wasFound: Bool
        /// Whether this was new to it; what is not is not recorded.
        public let wasMade: Bool
        /// As it is now, in the same transaction.
        public let shares: LaneShares
    }

    private let pool: PQPool

    /// - Parameter pool: the outbox's database.
    public init(pool: PQPool) {
        self.pool = pool
    }

    /// How the lanes are shared at present.
    /// - Throws: `PQError`.
    public func shares() async throws -> LaneShares {
        try await pool.withTransaction(isolation: .repeatableRead, readOnly: true) { try await LaneShares.read(in: $0) }
    }

    /// Lists the lanes. Its time grows with the number of events that wait.
    ///
    /// - Parameter owner: only those that this instance owns; `nil` for all.
    /// - Returns: the lanes, by number.
    /// - Throws: `PQError`.
    public func list(owner: String? = nil) async throws -> [Entry] {
        try await pool.withTransaction(isolation: .repeatableRead, readOnly: true) { transaction in
            let count = Int32(try await LaneShares.read(in: transaction).count)
            let result = try await transaction.query(
                """
                SELECT l.lane, l.owner, l.epoch, l.seconds, coalesce(p.pending, 0)
                FROM (
                    SELECT lane, epoch, CASE WHEN lease_until >= now() THEN owner END AS owner,
                        CASE WHEN owner IS NOT NULL AND lease_until >= now()
                            THEN extract(epoch FROM lease_until - now())::float8 END AS seconds
                    FROM outbox_lanes WHERE lane < \(count)
                ) l LEFT JOIN (
                    SELECT outbox_lane(aggregate_type, aggregate_id, \(count)) AS lane, count(*) AS pending
                    FROM outbox_events WHERE NOT published AND parked_at IS NULL GROUP BY 1
                ) p USING (lane)
                WHERE \(owner)::text IS NULL OR l.owner = \(owner)
                ORDER BY l.lane
                """)
            return try result.rows.map { row in
                Entry(
                    lane: Int(try row.decode(0, as: Int32.self)), owner: try row.decode(1), epoch: try row.decode(2),
                    leaseSeconds: try row.decode(3), pending: try row.decode(4))
            }
        }
    }

    /// Lets a live dispatcher hand its lanes over, each when what is in flight of it is settled, and take none until
    /// ``undrain(_:actor:reason:)`` or its next start. It does so within a second or so.
    ///
    /// - Parameters:
    ///   - instance: its name.
    ///   - actor: who does it, for the audit.
    ///   - reason: why, for the audit.
    /// - Throws: `PQError`; then nothing was changed.
    public func drain(_ instance: String, actor: String, reason: String?) async throws -> Change {
        try await pool.withTransaction { transaction in
            // Two operators who drain the last two dispatchers come one after the other, so that one is warned.
            _ = try await transaction.query("SELECT 1 FROM outbox_dispatchers ORDER BY instance FOR UPDATE")
            let changed = try await transaction.execute(
                """
                WITH changed AS (
                    UPDATE outbox_dispatchers SET drained_at = now()
                    WHERE instance = \(instance) AND seen_until > now() AND drained_at IS NULL RETURNING instance
                )
                INSERT INTO outbox_audit (actor, action, reason, details)
                SELECT \(actor), 'lanes.drain', \(reason), jsonb_build_object('instance', instance) FROM changed
                """)
            return try await change(of: instance, changed > 0, in: transaction)
        }
    }

    /// Lets a live dispatcher that was drained take its share of the lanes again.
    ///
    /// - Parameters:
    ///   - instance: its name.
    ///   - actor: who does it, for the audit.
    ///   - reason: why, for the audit.
    /// - Throws: `PQError`; then nothing was changed.
    public func undrain(_ instance: String, actor: String, reason: String?) async throws -> Change {
        try await pool.withTransaction { transaction in
            let changed = try await transaction.execute(
                """
                WITH changed AS (
                    UPDATE outbox_dispatchers SET drained_at = NULL
                    WHERE instance = \(instance) AND seen_until > now() AND drained_at IS NOT NULL RETURNING instance
                )
                INSERT INTO outbox_audit (actor, action, reason, details)
                SELECT \(actor), 'lanes.undrain', \(reason), jsonb_build_object('instance', instance) FROM changed
                """)
            return try await change(of: instance, changed > 0, in: transaction)
        }
    }

    private func change(of instance: String, _ wasMade: Bool, in session: any PQSession) async throws -> Change {
        let shares = try await LaneShares.read(in: session)
        return Change(wasFound: shares.dispatcher(instance)?.isLive ?? false, wasMade: wasMade, shares: shares)
    }
}
