import LibPQ
import LibRDKafka
import Servers

/// The end of a run: nothing is broken any more, and all that was committed must arrive.
struct Drain {
    let scene: Scene
    /// How long nothing may move before it is given up.
    let patience: Duration

    private var world: World { scene.world }
    private var `operator`: Operator { Operator(scene: scene) }

    /// Waits until all is published and applied, with an operator's help for the poison.
    func run() async throws {
        try await `operator`.makeMissingTopic()
        let parked = scene.poisons.planted.filter(\.isParked).count
        await expect("the queue drains, but for what is parked") {
            try await unpublished(behindParked: false) + abs(try await parkedCount() - parked)
        }
        try await `operator`.workOnParkedEvents()
        await expect("the queue drains after the operator's work") {
            try await `operator`.retryParkedEvents()
            return try await unpublished(behindParked: true)
        }
        await expect("the consumer reads all") { try await unread() }
        let poisons = scene.poisons.planted.filter(\.isForConsumer).count
        await expect("the consumer's holds end, but for the poison's") {
            try await number("SELECT count(*) FROM outbox_consumer_holds WHERE dead_at IS NULL")
                + abs(
                    poisons - (try await number("SELECT count(*) FROM outbox_consumer_holds WHERE dead_at IS NOT NULL"))
                )
        }
        try await `operator`.workOnDeadLetters()
        await expect("held events are applied after the operator's work") {
            try await number("SELECT count(*) FROM outbox_consumer_held_events")
        }
        await expect("cached answers are refreshed") {
            try await number("SELECT count(*) FROM outbox_cache_keys WHERE refreshed_version < version")
        }
    }

    /// Waits until a number is 0; complains when it stays the same for too long.
    private func expect(_ what: String, _ remaining: () async throws -> Int) async {
        var best = Int.max
        var lastError: (any Error)?
        var deadline = ContinuousClock.now + patience
        while ContinuousClock.now < deadline, !Task.isCancelled {
            do {
                let count = try await remaining()
                if count == 0 { return }
                if count < best { (best, deadline) = (count, ContinuousClock.now + patience) }
            } catch {
                lastError = error
            }
            try? await Task.sleep(for: .milliseconds(250))
        }
        let reason = lastError.map { " (last error: \($0))" } ?? ""
        let rest = best == .max ? "not known" : "\(best) left"
        scene.complaints.add("does not come to rest", "\(what): \(rest) after \(patience)\(reason)")
    }

    private func unpublished(behindParked: Bool) async throws -> Int {
        try await world.outbox.withConnection { connection in
            let result = try await connection.query(
                """
                SELECT count(*) FROM outbox_events e WHERE NOT published AND (\(behindParked) OR NOT EXISTS (
                    SELECT FROM outbox_events p WHERE NOT p.published AND p.parked_at IS NOT NULL
                        AND (p.aggregate_type, p.aggregate_id) = (e.aggregate_type, e.aggregate_id)))
                """)
            return Int(try result.int64(row: 0, column: 0))
        }
    }

    private func parkedCount() async throws -> Int {
        try await world.outbox.withConnection { connection in
            let result = try await connection.query(
                "SELECT count(*) FROM outbox_events WHERE NOT published AND parked_at IS NOT NULL")
            return Int(try result.int64(row: 0, column: 0))
        }
    }

    /// The records that the consumer has not got to yet.
    private func unread() async throws -> Int {
        let consumer = try KafkaConsumer(
            KafkaConsumerConfiguration(bootstrapServers: world.broker.bootstrapServers, groupID: "faults-ends"))
        do {
            var ends: Int64 = 0
            let topics = try await consumer.metadata(topics: nil, timeout: .seconds(10)).topics
            for topic in topics where topic.name.hasPrefix(RunSettings.topic("")) && !topic.name.hasSuffix(".dlq") {
                for partition in topic.partitions {
                    ends += try await consumer.watermarks(
                        of: KafkaTopicPartition(topic.name, partition.id), timeout: .seconds(10)
                    ).high
                }
            }
            await consumer.close()
            let read = try await number("SELECT coalesce(sum(next_offset), 0)::int8 FROM outbox_consumer_offsets")
            return Int(ends) - read
        } catch {
            await consumer.close()
            throw error
        }
    }

    private func number(_ statement: PQStatement) async throws -> Int {
        try await world.query.withConnection { Int(try await $0.query(statement).int64(row: 0, column: 0)) }
    }
}
