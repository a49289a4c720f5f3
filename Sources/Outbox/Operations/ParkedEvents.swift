public import FoundationEssentials
public import LibPQ

/// What an operator does with parked events: events whose retries are used up, and that hold their aggregates.
///
/// Every change is recorded in `outbox_audit`, in the same transaction.
public struct ParkedEvents: Sendable {
    private let pool: PQPool

    /// - Parameter pool: the outbox's database.
    public init(pool: PQPool) {
        self.pool = pool
    }

    /// A parked event with what waits behind it.
    public struct Entry: Sendable, Hashable, Codable {
        /// The parked event.
        public let event: StoredEvent
        /// Later events of its aggregate that wait behind it, parked ones left out.
        public let waiting: Int64
    }

    /// Lists parked events.
    ///
    /// - Parameters:
    ///   - selection: which of them.
    ///   - limit: the most entries.
    ///   - sequence: only those after this one; for paging.
    /// - Returns: the parked events by sequence.
    /// - Throws: `PQError`.
    public func list(
        _ selection: HeldSelection = .all, limit: Int = 100, after sequence: Int64 = 0
    ) async throws -> [Entry] {
        let (type, aggregate, id) = selection.terms
        return try await pool.withTransaction(isolation: .repeatableRead, readOnly: true) { transaction in
            let result = try await transaction.query(
                """
                SELECT \(unsafe: StoredEvent.columns) FROM outbox_events
                WHERE NOT published AND retry_count > 0 AND parked_at IS NOT NULL AND id > \(sequence)
                    AND (\(type)::text IS NULL OR aggregate_type = \(type))
                    AND (\(aggregate)::text IS NULL OR aggregate_id = \(aggregate))
                    AND (\(id)::uuid IS NULL OR event_id = \(id))
                ORDER BY id LIMIT \(Int64(limit))
                """)
            let events = try result.rows.map(StoredEvent.init)
            let waiting = try await WaitingEvents.counts(behind: events.map(\.sequence), in: transaction)
            return events.map { Entry(event: $0, waiting: waiting[$0.sequence] ?? 0) }
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

    /// Reads one event.
    ///
    /// - Parameter sequence: the row's id.
    /// - Returns: the event, parked or not; `nil` when the outbox has none of this sequence.
    /// - Throws: `PQError`.
    package func event(sequence: Int64) async throws -> StoredEvent? {
        try await pool.withConnection { connection in
            let result = try await connection.query(
                "SELECT \(unsafe: StoredEvent.columns) FROM outbox_events WHERE id = \(sequence)")
            return result.rowCount == 0 ? nil : try StoredEvent(result[0])
        }
    }

    /// Parks events that wait, whatever they wait for: to give them up, say, when their topic will never be there.
    ///
    /// An event that a dispatcher has in flight at that moment is published all the same, and then is parked no more.
    ///
    /// - Parameters:
    ///   - selection: which events that wait; ``HeldSelection/all`` is each of the outbox.
    ///   - actor: who does it, for the audit.
    ///   - reason: why, for the audit and as the events' last error.
    /// - Returns: how many events.
    /// - Throws: `PQError`; then none was changed.
    @discardableResult
    public func park(_ selection: HeldSelection, actor: String, reason: String) async throws -> Int {
        let (type, aggregate, id) = selection.terms
        return try await pool.withTransaction { transaction in
            try await transaction.execute(
                """
                WITH chosen AS (
                    UPDATE outbox_events
                    SET parked_at = now(), retry_count = greatest(retry_count, 1), last_error = \("parked by \(actor): \(reason)")
                    WHERE NOT published AND parked_at IS NULL
                        AND (\(type)::text IS NULL OR aggregate_type = \(type))
                        AND (\(aggregate)::text IS NULL OR aggregate_id = \(aggregate))
                        AND (\(id)::uuid IS NULL OR event_id = \(id))
                    RETURNING event_id, aggregate_type, aggregate_id
                )
                INSERT INTO outbox_audit (actor, action, event_id, aggregate_type, aggregate_id, reason)
                SELECT \(actor), 'parked.park', event_id, aggregate_type, aggregate_id, \(reason) FROM chosen
                """)
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
    public func retry(_ selection: HeldSelection, actor: String, reason: String?) async throws -> Int {
        let (type, aggregate, id) = selection.terms
        return try await pool.withTransaction { transaction in
            // An event that counts as never failed holds nobody. Were it due from now on only, a claim that began a
            // moment earlier and sees it would find it not yet due, and could take those behind it.
            try await transaction.execute(
                """
                WITH chosen AS (
                    UPDATE outbox_events
                    SET parked_at = NULL, retry_count = 0, available_at = least(created_at, now()), last_error = NULL
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

    /// Gives events up: they will never be published. Their rows move to the audit, whole. What waited behind them
    /// follows, unless another parked event of the aggregate still holds it.
    ///
    /// No dispatcher has a parked event in flight under a valid lease: an event is parked by the one that got it back.
    /// One case remains in which a discarded event can still reach its topic: a dispatcher that had claimed it under a
    /// lease since lost, was stopped (its machine paused, say) between its last look at the clock and the sending, and
    /// goes on after another one has parked the event and the operator has discarded it.
    ///
    /// - Parameters:
    ///   - selection: which parked events.
    ///   - actor: who does it, for the audit.
    ///   - reason: why, for the audit.
    /// - Returns: how many events.
    /// - Throws: `PQError`; then none was given up.
    @discardableResult
    public func discard(_ selection: HeldSelection, actor: String, reason: String) async throws -> Int {
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
