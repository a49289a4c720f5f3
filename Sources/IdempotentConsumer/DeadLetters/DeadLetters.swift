public import FoundationEssentials
public import LibPQ

/// What an operator sees of a consumer's aggregates on hold, and does about them.
///
/// It works on the tables alone, whether the consumer runs or not: a running one notices within half a second, another
/// one when it starts. Every decision is recorded in `outbox_consumer_audit`, in the same transaction.
///
/// Events that the policy `skip` left out, and records that are no event, are on the dead-letter topic only; see
/// ``DeadLetterTopics``.
public struct DeadLetters: Sendable {
    /// Which aggregates on hold are meant.
    public enum Selection: Sendable, Hashable {
        /// The one in which an event of this id waits.
        case event(UUID)
        /// This one.
        case aggregate(type: String, id: String)
        /// Those of an aggregate type.
        case aggregateType(String)
        /// Each of them.
        case all
    }

    let pool: PQPool
    let consumer: String

    /// - Parameters:
    ///   - pool: the read model's database.
    ///   - consumer: the consumer's name, which is that of its Kafka group.
    public init(pool: PQPool, consumer: String) {
        self.pool = pool
        self.consumer = consumer
    }

    /// Lists aggregates on hold.
    ///
    /// - Parameters:
    ///   - state: those in this state; nil for all.
    ///   - limit: the most entries.
    /// - Returns: those on hold for longest first.
    /// - Throws: `PQError`.
    public func list(_ state: HeldAggregate.State? = .dead, limit: Int = 100) async throws -> [HeldAggregate] {
        let isDead = state.map { $0 == .dead }
        return try await pool.withConnection { connection in
            let result = try await connection.query(
                """
                SELECT hold.topic, hold.partition, hold.aggregate_type, hold.aggregate_id, hold.attempts,
                       hold.last_error, hold.held_at, hold.retry_at, hold.dead_at, head.event_id, head.event_type,
                       (SELECT count(*) FROM outbox_consumer_held_events AS event
                        WHERE (event.consumer, event.topic, event.partition, event.aggregate_type, event.aggregate_id)
                            = (hold.consumer, hold.topic, hold.partition, hold.aggregate_type, hold.aggregate_id))
                FROM outbox_consumer_holds AS hold
                LEFT JOIN LATERAL (
                    SELECT event_id, event_type FROM outbox_consumer_held_events AS event
                    WHERE (event.consumer, event.topic, event.partition, event.aggregate_type, event.aggregate_id)
                        = (hold.consumer, hold.topic, hold.partition, hold.aggregate_type, hold.aggregate_id)
                    ORDER BY place LIMIT 1) AS head ON TRUE
                WHERE hold.consumer = \(consumer)
                  AND (\(isDead)::boolean IS NULL OR (hold.dead_at IS NOT NULL) = \(isDead))
                ORDER BY hold.held_at, hold.topic, hold.partition, hold.aggregate_type, hold.aggregate_id
                LIMIT \(Int64(limit))
                """)
            return try result.rows.map { try HeldAggregate($0) }
        }
    }

    /// Reads one event that waits, whole.
    ///
    /// - Parameter id: its event id.
    /// - Returns: nil when no event of this id waits.
    /// - Throws: `PQError`.
    public func event(_ id: UUID) async throws -> HeldEvent? {
        try await pool.withConnection { connection in
            let result = try await connection.query(
                """
                SELECT event.event_id, event.event_type, event.aggregate_type, event.aggregate_id, event.topic,
                       event.partition, event.record_offset, event.record_timestamp, event.record_key,
                       event.record_value, event.header_names, event.header_values, event.received_at,
                       hold.attempts, hold.last_error, hold.dead_at,
                       (SELECT count(*) FROM outbox_consumer_held_events AS earlier
                        WHERE (earlier.consumer, earlier.topic, earlier.partition, earlier.aggregate_type,
                               earlier.aggregate_id)
                            = (event.consumer, event.topic, event.partition, event.aggregate_type, event.aggregate_id)
                          AND earlier.place < event.place)
                FROM outbox_consumer_held_events AS event
                LEFT JOIN outbox_consumer_holds AS hold
                    USING (consumer, topic, partition, aggregate_type, aggregate_id)
                WHERE event.consumer = \(consumer) AND event.event_id = \(id)
                """)
            return result.rowCount == 0 ? nil : try HeldEvent(result[0])
        }
    }

    /// The topics that the consumer reads, as its offsets tell.
    ///
    /// - Throws: `PQError`.
    public func topics() async throws -> [String] {
        try await pool.withConnection { connection in
            let result = try await connection.query(
                "SELECT DISTINCT topic FROM outbox_consumer_offsets WHERE consumer = \(consumer) ORDER BY topic")
            return try result.rows.map { try $0.decode(0, as: String.self) }
        }
    }

    /// The consumers that the database knows.
    ///
    /// - Throws: `PQError`.
    public static func consumers(pool: PQPool) async throws -> [String] {
        try await pool.withConnection { connection in
            let result = try await connection.query(
                """
                SELECT DISTINCT consumer FROM outbox_consumer_offsets
                WHERE consumer NOT LIKE '%.rebuild' ORDER BY consumer
                """)
            return try result.rows.map { try $0.decode(0, as: String.self) }
        }
    }
}
