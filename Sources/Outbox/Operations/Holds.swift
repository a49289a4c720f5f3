public import FoundationEssentials
public import LibPQ

/// What an operator does with aggregates on hold: those with an event that failed and waits for its retry, or that is
/// parked.
public struct Holds: Sendable {
    /// An aggregate on hold.
    public struct Entry: Sendable, Hashable, Codable {
        /// The kind of aggregate.
        public let aggregateType: String
        /// The aggregate within its type.
        public let aggregateID: String
        /// Sequence of the event that holds it; with several, the first.
        public let sequence: Int64
        /// Of that event.
        public let eventID: UUID
        /// Of that event.
        public let eventType: String
        /// When that event was written: since then the aggregate has waited, or a little less.
        public let since: Date
        /// When that event will be tried again; `nil` when it is parked and waits for an operator.
        public let until: Date?
        /// How often it has failed.
        public let attempts: Int
        /// Why it failed last.
        public let reason: String?
        /// Later events of the aggregate that wait behind it.
        public let waiting: Int64
    }

    private let pool: PQPool

    /// - Parameter pool: the outbox's database.
    public init(pool: PQPool) {
        self.pool = pool
    }

    /// Lists aggregates on hold.
    ///
    /// - Parameters:
    ///   - aggregateType: only those of this type; `nil` for all.
    ///   - limit: the most entries.
    ///   - sequence: only those held by an event after this one; for paging.
    /// - Returns: the aggregates, by the sequences of the events that hold them.
    /// - Throws: `PQError`.
    public func list(
        aggregateType: String? = nil, limit: Int = 100, after sequence: Int64 = 0
    ) async throws -> [Entry] {
        try await pool.withTransaction(isolation: .repeatableRead, readOnly: true) { transaction in
            let result = try await transaction.query(
                """
                SELECT aggregate_type, aggregate_id, id, event_id, event_type, created_at,
                    CASE WHEN parked_at IS NULL THEN available_at END, retry_count, last_error
                FROM (
                    SELECT DISTINCT ON (aggregate_type, aggregate_id) * FROM outbox_events
                    WHERE NOT published AND retry_count > 0 AND (parked_at IS NOT NULL OR available_at > now())
                        AND (\(aggregateType)::text IS NULL OR aggregate_type = \(aggregateType))
                    ORDER BY aggregate_type, aggregate_id, id
                ) AS head
                WHERE id > \(sequence) ORDER BY id LIMIT \(Int64(limit))
                """)
            let sequences = try result.rows.map { try $0.decode(2, as: Int64.self) }
            let waiting = try await WaitingEvents.counts(behind: sequences, in: transaction)
            return try result.rows.map { try Entry($0, waiting: waiting) }
        }
    }

    /// The newest of the aggregates on hold, without a count of what waits: cheap enough to be asked every second.
    ///
    /// - Parameters:
    ///   - limit: the most entries.
    ///   - sequence: only those held by an event before this one; for paging.
    /// - Returns: the aggregates, that held by the highest sequence first; `waiting` is 0.
    /// - Throws: `PQError`.
    package static func newest(
        limit: Int, before sequence: Int64 = .max, in session: any PQSession
    ) async throws -> [Entry] {
        let result = try await session.query(
            """
            SELECT aggregate_type, aggregate_id, id, event_id, event_type, created_at,
                CASE WHEN parked_at IS NULL THEN available_at END, retry_count, last_error
            FROM (
                SELECT DISTINCT ON (aggregate_type, aggregate_id) aggregate_type, aggregate_id, id, event_id,
                    event_type, created_at, parked_at, available_at, retry_count, last_error
                FROM outbox_events
                WHERE NOT published AND retry_count > 0 AND (parked_at IS NOT NULL OR available_at > now())
                ORDER BY aggregate_type, aggregate_id, id
            ) AS head
            WHERE id < \(sequence) ORDER BY id DESC LIMIT \(Int64(limit))
            """)
        return try result.rows.map { try Entry($0, waiting: [:]) }
    }

    /// Counts what waits behind events that hold their aggregates. Its time grows with what waits in their lanes.
    ///
    /// - Returns: how many later events wait behind each, by sequence; none for what has gone meanwhile, or has nothing
    ///   behind it.
    /// - Throws: `PQError`.
    package static func waiting(behind sequences: [Int64], in session: any PQSession) async throws -> [Int64: Int64] {
        try await WaitingEvents.counts(behind: sequences, in: session)
    }

    /// Ends holds: the failed events are due now instead of later. Parked ones stay parked.
    ///
    /// - Parameters:
    ///   - selection: which of the failed events.
    ///   - resetsRetries: whether they count as never failed, so that all retries are before them again.
    ///   - actor: who does it, for the audit.
    ///   - reason: why, for the audit.
    /// - Returns: how many events.
    /// - Throws: `PQError`; then no hold was ended.
    @discardableResult
    public func release(
        _ selection: HeldSelection, resetsRetries: Bool = false, actor: String, reason: String?
    ) async throws -> Int {
        let (type, aggregate, id) = selection.terms
        return try await pool.withTransaction { transaction in
            // Due since it was written, where it no longer counts as failed: see ParkedEvents.retry.
            try await transaction.execute(
                """
                WITH held AS MATERIALIZED (
                    SELECT id, retry_count, available_at FROM outbox_events
                    WHERE NOT published AND retry_count > 0 AND parked_at IS NULL AND available_at > now()
                        AND (\(type)::text IS NULL OR aggregate_type = \(type))
                        AND (\(aggregate)::text IS NULL OR aggregate_id = \(aggregate))
                        AND (\(id)::uuid IS NULL OR event_id = \(id))
                    ORDER BY id FOR UPDATE
                ), released AS (
                    UPDATE outbox_events e
                    SET available_at = CASE WHEN \(resetsRetries) THEN least(e.created_at, now()) ELSE now() END,
                        retry_count = CASE WHEN \(resetsRetries) THEN 0 ELSE e.retry_count END
                    FROM held WHERE e.id = held.id
                    RETURNING e.event_id, e.aggregate_type, e.aggregate_id, held.retry_count, held.available_at
                )
                INSERT INTO outbox_audit (actor, action, event_id, aggregate_type, aggregate_id, reason, details)
                SELECT \(actor), 'holds.release', event_id, aggregate_type, aggregate_id, \(reason),
                    jsonb_build_object(
                        'retryCount', retry_count, 'resetRetries', \(resetsRetries)::boolean, 'until', available_at)
                FROM released
                """)
        }
    }
}

extension Holds.Entry {
    fileprivate init(_ row: PQRow, waiting: [Int64: Int64]) throws {
        aggregateType = try row.decode(0)
        aggregateID = try row.decode(1)
        sequence = try row.decode(2)
        eventID = try row.decode(3)
        eventType = try row.decode(4)
        since = try row.decode(5)
        until = try row.decode(6)
        attempts = Int(try row.decode(7, as: Int32.self))
        reason = try row.decode(8)
        self.waiting = waiting[sequence] ?? 0
    }
}
