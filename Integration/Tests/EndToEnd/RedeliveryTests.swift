import LibPQ
import LibRDKafka
import Outbox
import Servers
import Testing
import Workforce

@Suite("End to end: redelivery", .requiresBroker, .serialized)
struct RedeliveryTests {
    @Test(
        "events delivered three times, a consumer killed in mid-stream, offsets set back: the read model stays what business made it"
    )
    func redelivery() async throws {
        try await Chain.with(sharesDatabase: true) { chain in
            try await chain.withLedger { _ in try await redeliver(on: chain) }
        }
    }

    private func redeliver(on chain: Chain) async throws {
        let world = try chain.world()
        let dispatcher = try chain.dispatcher()
        var consumer = try chain.consumer(Chain.quickRejoin)
        var business = RandomCommands(world: world, tenants: ["acme", "globex"], positions: 10, seed: 4)
        try await business.prepare()
        for _ in 1...3 {
            let applied = try await chain.applied()
            for _ in 0..<40 { try await business.step() }
            try await chain.waitUntilApplied(applied + 10)
            consumer.kill()
            consumer = try chain.consumer(Chain.quickRejoin)
        }
        try await expectReadModel(of: world, chain)
        let before = try await snapshot(world, chain)

        // The second delivery finds the consumer at the end of a transaction that will never be committed.
        let records = try await allRecords(chain)
        try await chain.query.withTransaction { transaction in
            try await transaction.execute("LOCK TABLE outbox_consumer_offsets IN SHARE MODE")
            try await chain.deliver(records)
            try await eventually(within: .seconds(60), "the consumer is in the middle of a transaction") {
                try await chain.queried(
                    """
                    SELECT count(*) FROM pg_stat_activity
                    WHERE datname = current_database() AND application_name = 'workforce consume'
                        AND wait_event_type = 'Lock'
                    """) > 0
            }
            consumer.kill()
        }
        consumer = try chain.consumer(Chain.quickRejoin)
        try await chain.deliver(records)
        try await waitUntilRead(3 * records.count, chain)
        #expect(try await snapshot(world, chain) == before)
        try await expectLedger(chain)

        #expect(try await consumer.stop(within: .seconds(60)) == .exited(0))
        try await chain.setGroupBack()
        consumer = try chain.consumer(Chain.quickRejoin)
        try await business.step()
        try await world.execute(world.catalog.position(code: "LAST", title: "Last"))
        try await expectReadModel(of: world, chain)
        try await expectLedger(chain)
        #expect(try await dispatcher.stop(within: .seconds(60)) == .exited(0))
        #expect(try await consumer.stop(within: .seconds(60)) == .exited(0))
    }

    /// The ledger takes what its projection asks for.
    private func expectLedger(_ chain: Chain) async throws {
        try await chain.expectLedger(
            of: try await chain.outbox.count("event_type IN ('position.created', 'position.updated')"))
    }

    /// All that was committed has arrived once and makes the read model that the command database says.
    private func expectReadModel(of world: WorkforceWorld, _ chain: Chain) async throws {
        let total = try await chain.outbox.count()
        try await chain.waitUntilApplied(total)
        #expect(try await chain.applied() == total)
        #expect(try await world.differences() == [])
        #expect(try await chain.queried("SELECT count(*) FROM outbox_consumer_held_events") == 0)
    }

    private func snapshot(_ world: WorkforceWorld, _ chain: Chain) async throws -> [String] {
        try await chain.waitForFreshCache()
        let cache = try await world.text(
            "SELECT coalesce(string_agg(key || ' ' || value::text, chr(10) ORDER BY key), '') FROM query_cache")
        return try await world.readModel() + [cache, "\(try await chain.applied())"]
    }

    private func allRecords(_ chain: Chain) async throws -> [KafkaRecord] {
        var records: [KafkaRecord] = []
        for type in Chain.types { records += try await chain.records(type) }
        return records
    }

    private func waitUntilRead(_ count: Int, _ chain: Chain) async throws {
        try await eventually(within: .seconds(120), "the consumer has read \(count) records") {
            try await chain.queried(
                """
                SELECT coalesce(sum(next_offset), 0)::int8 FROM outbox_consumer_offsets WHERE consumer = \(chain.group)
                """) == count
        }
    }
}

extension Chain {
    /// The reference domain on this chain's database.
    func world() throws -> WorkforceWorld { try WorkforceWorld(pool: query) }

    /// Writes records to where they came from once more.
    func deliver(_ records: [KafkaRecord]) async throws {
        let producer = try KafkaProducer(KafkaProducerConfiguration(bootstrapServers: broker.bootstrapServers))
        do {
            let reports = try await producer.send(
                records.map {
                    KafkaMessage(
                        topic: $0.topic, partition: $0.partition, key: $0.key, value: $0.value, headers: $0.headers)
                })
            #expect(reports.allSatisfy { $0.error == nil })
        } catch {
            await producer.close()
            throw error
        }
        await producer.close()
    }

    /// Sets the offsets that the group has committed to Kafka back to the beginning.
    func setGroupBack() async throws {
        let admin = try KafkaAdmin(bootstrapServers: broker.bootstrapServers)
        do {
            let metadata = try await admin.metadata(topics: Self.types.map { topic($0) }, timeout: .seconds(30))
            let partitions = metadata.topics.flatMap { topic in
                topic.partitions.map { KafkaTopicPartition(topic.name, $0.id) }
            }
            let beginning = Dictionary(uniqueKeysWithValues: partitions.map { ($0, Int64(0)) })
            #expect(try await admin.committedOffsets(group: group, partitions).values.contains { $0 > 0 })
            // Refused as long as the broker takes the group's last member for alive.
            try await eventually(within: .seconds(60), "the group's offsets can be set") {
                try await admin.alterCommittedOffsets(group: group, beginning)
                return true
            }
            #expect(try await admin.committedOffsets(group: group, partitions) == beginning)
        } catch {
            await admin.close()
            throw error
        }
        await admin.close()
    }
}
