import FoundationEssentials
import LibPQ

extension ConsumerStore {
    /// Reads a partition's aggregates on hold.
    func holds(
        of partition: PartitionID, version: Int64, in session: any PQSession
    ) async throws(PQError) -> PartitionHolds {
        let result = try await session.query(
            """
            SELECT aggregate_type, aggregate_id, attempts, last_error, dead_at IS NOT NULL,
                   extract(epoch FROM retry_at - clock_timestamp())::float8
            FROM outbox_consumer_holds
            WHERE consumer = \(consumer) AND topic = \(partition.topic) AND partition = \(partition.partition)
            """)
        let now = ContinuousClock.now
        var holds: [AggregateKey: Hold] = [:]
        for row in result.rows {
            let key = AggregateKey(type: try row.decode(0, as: String.self), id: try row.decode(1, as: String.self))
            let isDead = try row.decode(4, as: Bool.self)
            let wait = min(max(try row.decode(5, as: Double.self), 0), 86_400)
            holds[key] = Hold(
                attempts: try row.decode(2, as: Int.self), retryAt: isDead ? nil : now + .seconds(wait),
                lastError: try row.decode(3, as: String.self))
        }
        return PartitionHolds(version: version, holds: holds)
    }

    /// The versions of the holds of partitions, to see what others changed.
    func holdsVersions(of partitions: [PartitionID]) async throws -> [PartitionID: Int64] {
        try await positions(of: partitions).mapValues(\.holdsVersion)
    }

    /// Puts an aggregate on hold, or notes another failure of its first waiting event.
    func hold(
        _ aggregate: AggregateKey, of partition: PartitionID, attempts: Int, retryAfter wait: Duration, error: String,
        in transaction: PQTransaction
    ) async throws(PQError) {
        try await transaction.execute(
            """
            INSERT INTO outbox_consumer_holds
                (consumer, topic, partition, aggregate_type, aggregate_id, attempts, last_error, retry_at)
            VALUES (\(consumer), \(partition.topic), \(partition.partition), \(aggregate.type), \(aggregate.id),
                    \(Int32(clamping: attempts)), \(error),
                    clock_timestamp() + \(wait / .seconds(1)) * interval '1 second')
            ON CONFLICT (consumer, topic, partition, aggregate_type, aggregate_id) DO UPDATE
            SET attempts = excluded.attempts, last_error = excluded.last_error, retry_at = excluded.retry_at
            """)
    }

    /// Leaves an aggregate to an operator: its first waiting event is a dead letter.
    func markDead(
        _ aggregate: AggregateKey, of partition: PartitionID, in transaction: PQTransaction
    ) async throws(PQError) {
        try await transaction.execute(
            """
            UPDATE outbox_consumer_holds SET dead_at = now()
            WHERE consumer = \(consumer) AND topic = \(partition.topic) AND partition = \(partition.partition)
              AND aggregate_type = \(aggregate.type) AND aggregate_id = \(aggregate.id)
            """)
    }

    /// Ends a hold if no event of the aggregate waits any more.
    /// - Returns: whether it ended.
    func releaseIfEmpty(
        _ aggregate: AggregateKey, of partition: PartitionID, in transaction: PQTransaction
    ) async throws(PQError) -> Bool {
        try await transaction.execute(
            """
            DELETE FROM outbox_consumer_holds AS hold
            WHERE consumer = \(consumer) AND topic = \(partition.topic) AND partition = \(partition.partition)
              AND aggregate_type = \(aggregate.type) AND aggregate_id = \(aggregate.id)
              AND NOT EXISTS (
                  SELECT FROM outbox_consumer_held_events AS event
                  WHERE event.consumer = hold.consumer AND event.topic = hold.topic
                    AND event.partition = hold.partition AND event.aggregate_type = hold.aggregate_type
                    AND event.aggregate_id = hold.aggregate_id)
            """) > 0
    }

    /// Keeps an event until its aggregate's hold ends, unless it has been applied or is kept already.
    /// - Returns: whether it was kept.
    func keep(
        _ event: ReceivedEvent, _ message: StoredMessage, in transaction: PQTransaction
    ) async throws(PQError) -> Bool {
        try await transaction.execute(
            """
            INSERT INTO outbox_consumer_held_events
                (consumer, topic, partition, record_offset, aggregate_type, aggregate_id, event_id, event_type,
                 record_timestamp, record_key, record_value, header_names, header_values)
            SELECT \(consumer), \(event.topic), \(event.partition), \(event.offset), \(event.aggregateType),
                   \(event.aggregateID), \(event.eventID), \(event.eventType), \(PQParameter(message.timestamp)),
                   \(PQParameter(message.key)), \(PQParameter(message.value)), \(message.headers.map(\.name)),
                   \(message.headers.map(\.value))
            WHERE NOT EXISTS (
                SELECT FROM outbox_inbox WHERE consumer = \(consumer) AND event_id = \(event.eventID))
            ON CONFLICT DO NOTHING
            """) > 0
    }

    /// Reads an aggregate's first waiting events, in order.
    func heldMessages(
        of aggregate: AggregateKey, _ partition: PartitionID, limit: Int, in transaction: PQTransaction
    ) async throws(PQError) -> [HeldMessage] {
        let result = try await transaction.query(
            """
            SELECT record_offset, record_timestamp, record_key, record_value, header_names, header_values, place,
                   event_id
            FROM outbox_consumer_held_events
            WHERE consumer = \(consumer) AND topic = \(partition.topic) AND partition = \(partition.partition)
              AND aggregate_type = \(aggregate.type) AND aggregate_id = \(aggregate.id)
            ORDER BY place LIMIT \(limit)
            """)
        var messages: [HeldMessage] = []
        for row in result.rows {
            let names = try row.decode(4, as: [String].self)
            let values = try row.decode(5, as: [[UInt8]?].self)
            let message = StoredMessage(
                topic: partition.topic, partition: partition.partition, offset: try row.decode(0, as: Int64.self),
                timestamp: try row.decode(1, as: Int64?.self), key: try row.decode(2, as: [UInt8]?.self),
                value: try row.decode(3, as: [UInt8]?.self),
                headers: zip(names, values).map { StoredMessage.Header(name: $0, value: $1) })
            messages.append(
                HeldMessage(
                    place: try row.decode(6, as: Int64.self), eventID: try row.decode(7, as: UUID.self),
                    message: message))
        }
        return messages
    }

    /// Lets waiting events go that have been applied or left out.
    func removeHeld(_ places: [Int64], in transaction: PQTransaction) async throws(PQError) {
        guard !places.isEmpty else { return }
        try await transaction.execute("DELETE FROM outbox_consumer_held_events WHERE place = ANY(\(places))")
    }
}
