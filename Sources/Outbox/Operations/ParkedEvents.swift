public import FoundationEssentials
public import LibPQ

/// What an operator does with parked events: events whose retries are used up, and that hold their aggregates.
///
/// Every change is recorded in `outbox_audit`, in the same transaction.
public struct ParkedEvents: Sendable {
    /// Which parked events are meant.
    public enum Selection: Sendable, Hashable {
        /// The one with this event id.
        case event(UUID)
        /// Those of an aggregate.
        case aggregate(type: String, id: String)
        /// Those of an aggregate type.
        case aggregateType(String)
        /// Each of them.
        case all
    }

    private let pool: PQPool

    /// - Parameter pool: the outbox's database.
    public init(pool: PQPool) {
        self.pool = pool
    }

    /// A parked event with what waits behind it.
    public struct Entry: Sendable, Hashable, Codable {
        /// The parked event.
        public let event: StoredEvent
        /// Later events of its aggregate that wait for it.
        public let waiting: Int64
    }

    /// Lists parked events.
    ///
    /// - Parameters:
    ///   - limit: the most entries.
    ///   - sequence: only those after this one; for paging.
    /// - Returns: the parked events by sequence.
    /// - Throws: `PQError`.
    public func list(limit: Int = 100, after sequence: Int64 = 0) async throws -> [Entry] {
        try await pool.withConnection { connection in
            let result = try await connection.query(
                """
                SELECT \(unsafe: StoredEvent.columns), (
                    SELECT count(*) FROM outbox_events w
                    WHERE NOT w.published AND w.aggregate_type = p.aggregate_type
                        AND w.aggregate_id = p.aggregate_id AND w.id > p.id
                        AND outbox_lane(w.aggregate_type, w.aggregate_id, 64)
                            = outbox_lane(p.aggregate_type, p.aggregate_id, 64))
                FROM outbox_events p
                WHERE NOT published AND retry_count > 0 AND parked_at IS NOT NULL AND id > \(sequence)
                ORDER BY id LIMIT \(Int64(limit))
                """)
            return try result.rows.map { row in
                Entry(event: try StoredEvent(row), waiting: try row.decode(14))
            }
        }
    }

    /// Reads one event.
    ///
    /// - Parameter id: its event id.
    /// - Returns: the event, parked or not; `nil` when the outbox has none of this id.
    /// - Throws: `PQError`.
    public func event(_ id: UUID) async throws -> StoredEvent? {
        try await pool.withConnection { connection in
            let result = try await connection.query(
                "SELECT \(unsafe: StoredEvent.columns) FROM outbox_events WHERE event_id = \(id)")
            return result.rowCount == 0 ? nil : try StoredEvent(result[0])
        }
    }

    /// Lets events be tried anew, as if they had never failed; their aggregates' chains follow in order.
    ///
    /// - Parameters:
    ///   - selection: which parked events.
    ///   - actor: who does it, for the audit.
    ///   - reason: why, for the audit.
    /// - Returns: how many events.
    /// - Throws: `PQError`; then none was changed.
    @discardableResult
    public func retry(_ selection: Selection, actor: String, reason: String?) async throws -> Int {
        let (type, aggregate, id) = selection.terms
        return try await pool.withTransaction { transaction in
            try await transaction.execute(
                """
                WITH chosen AS (
                    UPDATE outbox_events
                    SET parked_at = NULL, retry_count = 0, available_at = now(), last_error = NULL
                    WHERE NOT published AND retry_count > 0 AND parked_at IS NOT NULL
                        AND (\(type)::text IS NULL OR aggregate_type = \(type))
                        AND (\(aggregate)::text IS NULL OR aggregate_id = \(aggregate))
                        AND (\(id)::uuid IS NULL OR event_id = \(id))
                    RETURNING event_id, aggregate_type, aggregate_id
                )
                INSERT INTO outbox_audit (actor, action, event_id, aggregate_type, aggregate_id, reason)
                SELECT \(actor), 'parked.retry', event_id, aggregate_type, aggregate_id, \(reason) FROM chosen
                """)
        }
    }

    /// Gives events up: they will never be published. Their rows move to the audit, whole.
    ///
    /// - Parameters:
    ///   - selection: which parked events.
    ///   - actor: who does it, for the audit.
    ///   - reason: why, for the audit.
    /// - Returns: how many events.
    /// - Throws: `PQError`; then none was given up.
    @discardableResult
    public func discard(_ selection: Selection, actor: String, reason: String) async throws -> Int {
        let (type, aggregate, id) = selection.terms
        return try await pool.withTransaction { transaction in
            try await transaction.execute(
                """
                WITH chosen AS (
                    DELETE FROM outbox_events
                    WHERE NOT published AND retry_count > 0 AND parked_at IS NOT NULL
                        AND (\(type)::text IS NULL OR aggregate_type = \(type))
                        AND (\(aggregate)::text IS NULL OR aggregate_id = \(aggregate))
                        AND (\(id)::uuid IS NULL OR event_id = \(id))
                    RETURNING *
                )
                INSERT INTO outbox_audit (actor, action, event_id, aggregate_type, aggregate_id, reason, event)
                SELECT \(actor), 'parked.discard', event_id, aggregate_type, aggregate_id, \(reason), to_jsonb(chosen)
                FROM chosen
                """)
        }
    }
}

extension ParkedEvents.Selection {
    fileprivate var terms: (type: String?, aggregate: String?, id: UUID?) {
        switch self {
        case .event(let id): (nil, nil, id)
        case .aggregate(let type, let id): (type, id, nil)
        case .aggregateType(let type): (type, nil, nil)
        case .all: (nil, nil, nil)
        }
    }
}
