import FoundationEssentials
import IdempotentConsumer
import LibPQ
import LibRDKafka
import OutboxTelemetry
import QueryCache
import Servers
import Testing

/// A topic, a database with all tables, and what is needed to run consumers on them.
///
/// The mock cluster keeps a member that has left its group until its session ends, so tests that run a second consumer
/// after the first need a real broker.
struct ConsumerFixture: Sendable {
    let broker: KafkaBroker
    let databaseURL: String
    /// The owner's.
    let pool: PQPool
    /// The consumers'.
    let consumers: PQPool
    let producer: KafkaProducer
    let topic: String
    let projection = LedgerProjection()
    let registry = MetricsRegistry()

    /// Makes everything, runs a test on it, and lets it go.
    static func with(
        partitions: Int32 = 1, _ body: (ConsumerFixture) async throws -> Void
    ) async throws {
        let broker = try await KafkaBroker.shared()
        let topic = "consumer.\(UUID().uuidString.lowercased())"
        try await broker.createTopic(topic, partitions: partitions)
        let url = try await PostgresServer.shared().createDatabase("consumer")
        let pool = PQPool(PQConfiguration(url: url), maximumConnections: 10)
        try await pool.withConnection { connection in
            try await IdempotentConsumer.migrations.apply(on: connection)
            try await PostgresQueryCache.migrations.apply(on: connection)
            try await connection.run(script: LedgerProjection.schema)
            let roles = try PQGroupRoles()
            try await IdempotentConsumer.migrations.makeRoles(roles, on: connection)
            try await PostgresQueryCache.migrations.makeRoles(roles, on: connection)
            try await connection.run(script: DatabaseLogin.script)
        }
        let consumers = PQPool(PQConfiguration(url: DatabaseLogin.consumer.url(url)), maximumConnections: 10)
        let producer = try KafkaProducer(KafkaProducerConfiguration(bootstrapServers: broker.bootstrapServers))
        let fixture = ConsumerFixture(
            broker: broker, databaseURL: url, pool: pool, consumers: consumers, producer: producer, topic: topic)
        do {
            try await body(fixture)
        } catch {
            await producer.close()
            await consumers.close()
            await pool.close()
            throw error
        }
        await producer.close()
        await consumers.close()
        await pool.close()
    }

    // MARK: Consumers

    func consumer(
        hooks: FaultHooks = FaultHooks(), projection: (any Projection)? = nil, cache: (any QueryCache)? = nil,
        registry: MetricsRegistry? = nil, logs: any LogHandler = SilentHandler(),
        _ change: (inout ConsumerConfiguration) -> Void = { _ in }
    ) throws -> IdempotentConsumer {
        var configuration = ConsumerConfiguration(
            name: "ledger-\(topic)", bootstrapServers: broker.bootstrapServers, topics: [topic])
        configuration.retryBackoff = .milliseconds(20)
        configuration.maximumBackoff = .milliseconds(500)
        configuration.commitInterval = .milliseconds(50)
        configuration.upkeepInterval = .milliseconds(500)
        change(&configuration)
        return try IdempotentConsumer(
            configuration: configuration, pool: consumers, projections: [projection ?? self.projection],
            cache: cache ?? PostgresQueryCache(pool: consumers), metrics: registry ?? self.registry,
            logger: Logger(label: "test.consumer", handler: logs), hooks: hooks)
    }

    /// Runs a consumer beside a test, and drains it at the test's end.
    func running(_ consumer: IdempotentConsumer, _ body: () async throws -> Void) async throws {
        let run = Task { try await consumer.run() }
        do {
            try await body()
        } catch {
            consumer.drain()
            try? await run.value
            throw error
        }
        consumer.drain()
        try await run.value
    }

    // MARK: Events

    func event(
        _ sequence: Int64, of aggregate: String, id: UUID = UUID(), type: String = "position.updated",
        value: String? = #"{"title":"Nurse"}"#, partition: Int32? = nil, extra: [KafkaHeader] = []
    ) -> KafkaMessage {
        KafkaMessage(
            topic: topic, partition: partition, key: Array(aggregate.utf8), value: value.map { Array($0.utf8) },
            headers: [
                KafkaHeader("event_id", id.uuidString.lowercased()), KafkaHeader("event_type", type),
                KafkaHeader("aggregate_type", "position"), KafkaHeader("aggregate_id", aggregate),
                KafkaHeader("sequence", "\(sequence)"),
            ] + extra)
    }

    func publish(_ messages: [KafkaMessage]) async throws {
        let reports = try await producer.send(messages)
        #expect(reports.allSatisfy { $0.error == nil })
    }

    // MARK: What became of them

    /// The sequences applied so far, in the order in which they were.
    func applied(to aggregate: String? = nil) async throws -> [Int64] {
        try await pool.withConnection { connection in
            let result = try await connection.query(
                """
                SELECT sequence FROM ledger WHERE \(aggregate ?? "") IN ('', aggregate_id) ORDER BY place
                """)
            return try result.rows.map { try $0.decode(0, as: Int64.self) }
        }
    }

    func count(_ query: PQStatement) async throws -> Int64 {
        try await pool.withConnection { try await $0.query(query).int64(row: 0, column: 0) }
    }

    func execute(_ statement: PQStatement) async throws {
        _ = try await pool.withConnection { try await $0.execute(statement) }
    }

    func answer(for aggregate: String) async throws -> String? {
        try await PostgresQueryCache(pool: pool).answer(for: "ledger/\(aggregate)")
            .map { String(decoding: $0.value, as: UTF8.self) }
    }

    /// What the consumer's group has committed to Kafka for the first partition.
    func committedOffset() async throws -> Int64? {
        let admin = try KafkaAdmin(bootstrapServers: broker.bootstrapServers)
        let partition = KafkaTopicPartition(topic, 0)
        do {
            let offsets = try await admin.committedOffsets(
                group: "ledger-\(topic)", [partition], timeout: .seconds(60))
            await admin.close()
            return offsets[partition]
        } catch {
            await admin.close()
            throw error
        }
    }

    /// Reads all records of a topic.
    func records(of topic: String, atLeast count: Int) async throws -> [KafkaRecord] {
        let reader = try KafkaConsumer(
            KafkaConsumerConfiguration(bootstrapServers: broker.bootstrapServers, groupID: UUID().uuidString))
        var records: [KafkaRecord] = []
        do {
            let partitions = try await reader.metadata(topics: [topic], timeout: .seconds(30)).topic(topic)?.partitions
            try await reader.assign(
                (partitions ?? []).map { KafkaTopicPartitionOffset(KafkaTopicPartition(topic, $0.id), .earliest) })
            try await eventually(within: .seconds(60), "\(count) records on \(topic)") {
                for case .messages(_, let more) in try await reader.poll(timeout: .milliseconds(50)) { records += more }
                return records.count >= count
            }
        } catch {
            await reader.close()
            throw error
        }
        await reader.close()
        return records
    }

    /// The value of a series, 0 where there is none.
    func metric(_ series: String) -> Double { registry.value(of: series) }
}
