import FoundationEssentials
import LibPQ
import LibRDKafka

/// Reads what a consumer's database says of it; nothing is written, and a role that may only SELECT is enough.
struct InboxReader {
    private static let pageSize = 20_000

    let pool: PQPool
    let consumer: String

    /// - Throws: ``VerifyError/Code/unknownConsumer``, `PQError`.
    func check() async throws {
        let names = try await pool.withConnection { connection in
            try await connection.query("SELECT DISTINCT consumer FROM outbox_consumer_offsets ORDER BY consumer").rows
                .map { try $0.decode(0, as: String.self) }
        }
        guard names.contains(consumer) else {
            throw VerifyError(
                .unknownConsumer,
                "the read model's database knows no consumer \"\(consumer)\"; it knows: "
                    + (names.isEmpty ? "none" : names.joined(separator: ", ")))
        }
    }

    /// Shows the inbox of one snapshot to a pass.
    ///
    /// - Parameters:
    ///   - partitions: those that were read from their topics.
    ///   - keepsStrangers: whether events that nothing else knows are to be kept.
    func readAll(
        into pass: Pass, partitions: [KafkaTopicPartition], keepsStrangers: Bool
    ) async throws -> Judgement.Consumer {
        try await pool.withTransaction(isolation: .repeatableRead, readOnly: true, retries: 0) { transaction in
            let offsets = try await transaction.query(
                """
                SELECT topic, partition, next_offset, floor(date_part('epoch', now()) * 1000)::int8
                FROM outbox_consumer_offsets WHERE consumer = \(consumer)
                """)
            var nextOffsets: [KafkaTopicPartition: Int64] = [:]
            var now: Int64 = 0
            for row in offsets.rows {
                let (topic, partition, next, time) = try row.decode((String, Int32, Int64, Int64).self)
                nextOffsets[KafkaTopicPartition(topic, partition)] = next
                now = time
            }
            let topics = Set(partitions.map(\.topic))
            let age = Int64(pass.configuration.inboxRetention / .milliseconds(1))
            let skew = Int64(pass.configuration.clockSkew / .milliseconds(1))
            pass.progress(.began("inbox", total: nil))
            try await readHeld(into: pass, transaction)
            try await readInbox(into: pass, keepsStrangers: keepsStrangers, transaction)
            pass.progress(.ended)
            return Judgement.Consumer(
                nextOffsets: partitions.map { nextOffsets[$0] },
                readsNothingElse: nextOffsets.keys.allSatisfy { topics.contains($0.topic) },
                inboxHorizon: now - age + skew)
        }
    }

    private func readHeld(into pass: Pass, _ transaction: PQTransaction) async throws {
        var last: Int64 = -1
        while true {
            let page = try await transaction.query(
                """
                SELECT place, event_id FROM outbox_consumer_held_events
                WHERE consumer = \(consumer) AND place > \(last) ORDER BY place LIMIT \(Self.pageSize)
                """)
            for row in page.rows {
                last = try row.decode(0, as: Int64.self)
                pass.comparison.addSetAside(try row.decode(1, as: UUID.self))
            }
            if page.rowCount < Self.pageSize { return }
        }
    }

    private func readInbox(into pass: Pass, keepsStrangers: Bool, _ transaction: PQTransaction) async throws {
        // Nothing of the span can have been applied before it began.
        let since = Double((pass.configuration.sinceMilliseconds ?? 0) - VerifyConfiguration.margin) / 1000
        var last: UUID?
        while true {
            // Two statements, so that both go straight to their place in the index.
            let page =
                if let last {
                    try await transaction.query(
                        """
                        SELECT event_id FROM outbox_inbox
                        WHERE consumer = \(consumer) AND event_id > \(last) AND applied_at >= to_timestamp(\(since))
                        ORDER BY event_id LIMIT \(Self.pageSize)
                        """)
                } else {
                    try await transaction.query(
                        """
                        SELECT event_id FROM outbox_inbox
                        WHERE consumer = \(consumer) AND applied_at >= to_timestamp(\(since))
                        ORDER BY event_id LIMIT \(Self.pageSize)
                        """)
                }
            for row in page.rows {
                let id = try row.decode(0, as: UUID.self)
                pass.comparison.addApplied(id, keepsStrangers: keepsStrangers)
                last = id
            }
            try pass.checkMemory()
            pass.progress(.advanced(by: page.rowCount))
            if page.rowCount < Self.pageSize { return }
        }
    }
}
