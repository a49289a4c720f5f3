import FoundationEssentials
import LibPQ

extension DeadLetters {
    /// Has aggregates tried anew, as if they had never failed; what waits in them is applied in order.
    ///
    /// - Parameters:
    ///   - selection: which aggregates on hold, those that are being retried among them.
    ///   - actor: who does it, for the audit.
    ///   - reason: why, for the audit.
    /// - Returns: how many aggregates.
    /// - Throws: `PQError`; then nothing was changed.
    @discardableResult
    public func retry(_ selection: Selection, actor: String, reason: String?) async throws -> Int {
        try await pool.withTransaction { transaction in
            let chosen = try await choose(selection, onlyDead: false, in: transaction)
            guard !chosen.isEmpty else { return 0 }
            try await transaction.execute(
                """
                INSERT INTO outbox_consumer_audit
                    (actor, action, consumer, topic, partition, aggregate_type, aggregate_id, event_id, reason)
                SELECT \(actor), 'dead-letters.retry', \(consumer), chosen.*, (
                    SELECT event_id FROM outbox_consumer_held_events AS event
                    WHERE event.consumer = \(consumer)
                      AND (event.topic, event.partition, event.aggregate_type, event.aggregate_id) = chosen.*
                    ORDER BY place LIMIT 1), \(reason)
                FROM unnest(\(chosen.topics), \(chosen.partitions), \(chosen.types), \(chosen.ids))
                    AS chosen (topic, partition, aggregate_type, aggregate_id)
                """)
            try await retryAtOnce(chosen, in: transaction)
            return chosen.count
        }
    }

    /// Gives dead letters up: they will never take effect. The audit keeps them whole; their aggregates go on with what
    /// waits behind them.
    ///
    /// The events count as applied from then on, so that a repeated delivery doesn't bring them back.
    ///
    /// - Parameters:
    ///   - selection: which aggregates with a dead letter. An event id means the dead letter itself.
    ///   - wholeAggregate: gives up all that waits in them.
    ///   - actor: who does it, for the audit.
    ///   - reason: why, for the audit.
    /// - Returns: how many events.
    /// - Throws: `PQError`; then none was given up.
    @discardableResult
    public func discard(
        _ selection: Selection, wholeAggregate: Bool = false, actor: String, reason: String
    ) async throws -> Int {
        try await pool.withTransaction { transaction in
            let chosen = try await choose(selection, onlyDead: true, in: transaction)
            guard !chosen.isEmpty else { return 0 }
            var mustBeFirst: UUID?
            if case .event(let id) = selection, !wholeAggregate { mustBeFirst = id }
            let discarded = try await transaction.execute(
                """
                WITH waiting AS (
                    SELECT place, event_id, row_number() OVER (
                        PARTITION BY topic, partition, aggregate_type, aggregate_id ORDER BY place) AS number
                    FROM outbox_consumer_held_events
                    WHERE consumer = \(consumer)
                      AND (topic, partition, aggregate_type, aggregate_id) IN (
                          SELECT * FROM unnest(\(chosen.topics), \(chosen.partitions), \(chosen.types), \(chosen.ids)))
                ), removed AS (
                    DELETE FROM outbox_consumer_held_events
                    WHERE place IN (
                        SELECT place FROM waiting
                        WHERE (\(wholeAggregate) OR number = 1)
                          AND (\(mustBeFirst)::uuid IS NULL OR event_id = \(mustBeFirst)))
                    RETURNING *
                ), remembered AS (
                    INSERT INTO outbox_inbox (consumer, event_id) SELECT consumer, event_id FROM removed
                    ON CONFLICT DO NOTHING
                )
                INSERT INTO outbox_consumer_audit
                    (actor, action, consumer, topic, partition, aggregate_type, aggregate_id, event_id, reason, event)
                SELECT \(actor), 'dead-letters.discard', consumer, topic, partition, aggregate_type, aggregate_id,
                       event_id, \(reason), to_jsonb(removed)
                FROM removed ORDER BY place
                """)
            guard discarded > 0 else { return 0 }
            try await transaction.execute(
                """
                DELETE FROM outbox_consumer_holds AS hold
                WHERE consumer = \(consumer)
                  AND (topic, partition, aggregate_type, aggregate_id) IN (
                      SELECT * FROM unnest(\(chosen.topics), \(chosen.partitions), \(chosen.types), \(chosen.ids)))
                  AND NOT EXISTS (
                      SELECT FROM outbox_consumer_held_events AS event
                      WHERE (event.consumer, event.topic, event.partition, event.aggregate_type, event.aggregate_id)
                          = (hold.consumer, hold.topic, hold.partition, hold.aggregate_type, hold.aggregate_id))
                """)
            try await retryAtOnce(chosen, in: transaction)
            return discarded
        }
    }

    /// Finds the aggregates that are meant, and keeps all others away from their partitions.
    private func choose(
        _ selection: Selection, onlyDead: Bool, in transaction: PQTransaction
    ) async throws(PQError) -> HeldKeys {
        let (type, aggregate, event) = selection.terms
        // Whoever changes holds has locked their partition. In order, so that two operators don't deadlock.
        let partitions = try await transaction.query(
            """
            SELECT topic, partition FROM outbox_consumer_offsets
            WHERE consumer = \(consumer)
              AND (topic, partition) IN (
                  SELECT topic, partition FROM outbox_consumer_holds
                  WHERE consumer = \(consumer) AND (\(type)::text IS NULL OR aggregate_type = \(type))
                    AND (\(aggregate)::text IS NULL OR aggregate_id = \(aggregate)))
            ORDER BY topic, partition FOR UPDATE
            """)
        var locked = HeldKeys()
        for row in partitions.rows {
            locked.topics.append(try row.decode(0))
            locked.partitions.append(try row.decode(1))
        }
        let found = try await transaction.query(
            """
            SELECT topic, partition, aggregate_type, aggregate_id FROM outbox_consumer_holds AS hold
            WHERE consumer = \(consumer) AND (\(type)::text IS NULL OR aggregate_type = \(type))
              AND (\(aggregate)::text IS NULL OR aggregate_id = \(aggregate))
              AND (\(event)::uuid IS NULL OR EXISTS (
                  SELECT FROM outbox_consumer_held_events AS event
                  WHERE (event.consumer, event.topic, event.partition, event.aggregate_type, event.aggregate_id)
                      = (hold.consumer, hold.topic, hold.partition, hold.aggregate_type, hold.aggregate_id)
                    AND event.event_id = \(event)))
              AND (dead_at IS NOT NULL OR NOT \(onlyDead))
              AND (topic, partition) IN (SELECT * FROM unnest(\(locked.topics), \(locked.partitions)))
            """)
        return try HeldKeys(found)
    }

    /// Has the holds that are left tried anew, and tells the consumers that hold these partitions.
    private func retryAtOnce(_ chosen: HeldKeys, in transaction: PQTransaction) async throws(PQError) {
        try await transaction.execute(
            """
            UPDATE outbox_consumer_holds SET attempts = 0, retry_at = now(), dead_at = NULL
            WHERE consumer = \(consumer)
              AND (topic, partition, aggregate_type, aggregate_id) IN (
                  SELECT * FROM unnest(\(chosen.topics), \(chosen.partitions), \(chosen.types), \(chosen.ids)))
            """)
        try await transaction.execute(
            """
            UPDATE outbox_consumer_offsets SET holds_version = holds_version + 1
            WHERE consumer = \(consumer)
              AND (topic, partition) IN (SELECT * FROM unnest(\(chosen.topics), \(chosen.partitions)))
            """)
    }
}

extension DeadLetters.Selection {
    fileprivate var terms: (type: String?, aggregate: String?, event: UUID?) {
        switch self {
        case .event(let id): (nil, nil, id)
        case .aggregate(let type, let id): (type, id, nil)
        case .aggregateType(let type): (type, nil, nil)
        case .all: (nil, nil, nil)
        }
    }
}
