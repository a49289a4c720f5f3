import FoundationEssentials
import LibPQ

extension ConsumerStore {
    /// Reads where partitions stand.
    /// - Returns: only those that the database knows.
    func positions(of partitions: [PartitionID]) async throws -> [PartitionID: PartitionPosition] {
        try await pool.withConnection { connection in
            let result = try await connection.query(
                """
                SELECT topic, partition, next_offset, holds_version FROM outbox_consumer_offsets
                WHERE consumer = \(consumer)
                  AND (topic, partition) IN (
                      SELECT * FROM unnest(\(partitions.map(\.topic)), \(partitions.map(\.partition))))
                """)
            var positions: [PartitionID: PartitionPosition] = [:]
            for row in 0..<result.rowCount {
                let partition = PartitionID(
                    topic: try result[row].decode(0, as: String.self),
                    partition: try result[row].decode(1, as: Int32.self))
                positions[partition] = PartitionPosition(
                    nextOffset: try result.int64(row: row, column: 2),
                    holdsVersion: try result.int64(row: row, column: 3))
            }
            return positions
        }
    }

    /// Sets where partitions go on: those that the database does not know yet, and those that must be set back.
    /// - Parameter replacing: the offset that is known to be wrong; nil for a partition that is new.
    /// - Returns: where the partition stands now, which another consumer may have decided.
    func setPosition(
        of partition: PartitionID, to offset: Int64, replacing wrong: Int64?
    ) async throws -> PartitionPosition {
        try await pool.withTransaction { transaction in
            try await transaction.execute(
                """
                INSERT INTO outbox_consumer_offsets AS known (consumer, topic, partition, next_offset)
                VALUES (\(consumer), \(partition.topic), \(partition.partition), \(offset))
                ON CONFLICT (consumer, topic, partition) DO UPDATE
                SET next_offset = excluded.next_offset, updated_at = now()
                WHERE known.next_offset = \(PQParameter(wrong))
                """)
            return try await lock(partition, in: transaction) ?? PartitionPosition(nextOffset: offset, holdsVersion: 0)
        }
    }

    /// Locks a partition against everybody else who would apply its events, and reads where it stands.
    /// - Returns: nil when its row has been deleted.
    func lock(_ partition: PartitionID, in transaction: PQTransaction) async throws(PQError) -> PartitionPosition? {
        let result = try await transaction.query(
            """
            SELECT next_offset, holds_version FROM outbox_consumer_offsets
            WHERE consumer = \(consumer) AND topic = \(partition.topic) AND partition = \(partition.partition)
            FOR UPDATE
            """)
        guard result.rowCount > 0 else { return nil }
        return PartitionPosition(
            nextOffset: try result.int64(row: 0, column: 0), holdsVersion: try result.int64(row: 0, column: 1))
    }

    /// Moves a locked partition on.
    func advance(
        _ partition: PartitionID, to position: PartitionPosition, in transaction: PQTransaction
    ) async throws(PQError) {
        try await transaction.execute(
            """
            UPDATE outbox_consumer_offsets
            SET next_offset = \(position.nextOffset), holds_version = \(position.holdsVersion), updated_at = now()
            WHERE consumer = \(consumer) AND topic = \(partition.topic) AND partition = \(partition.partition)
            """)
    }

    /// Moves a partition on if all of some events have taken effect, in one statement.
    /// - Parameters:
    ///   - expected: where the partition must stand.
    ///   - position: where it stands then; its holds must not have changed.
    /// - Returns: whether it was so; nothing has happened otherwise.
    func pass(
        _ eventIDs: [UUID], of partition: PartitionID, from expected: Int64, to position: PartitionPosition
    ) async throws -> Bool {
        try await pool.withConnection { connection in
            try await connection.execute(
                """
                UPDATE outbox_consumer_offsets SET next_offset = \(position.nextOffset), updated_at = now()
                WHERE consumer = \(consumer) AND topic = \(partition.topic) AND partition = \(partition.partition)
                  AND next_offset = \(expected) AND holds_version = \(position.holdsVersion)
                  AND \(Int64(eventIDs.count)) = (
                      SELECT count(*) FROM unnest(\(eventIDs)) AS event (id) CROSS JOIN LATERAL (
                          SELECT FROM outbox_inbox WHERE consumer = \(consumer) AND event_id = event.id LIMIT 1
                      ) AS applied)
                """)
        } == 1
    }
}
