import FoundationEssentials
import LibPQ
import LibRDKafka
import Outbox
import OutboxDispatcher
import OutboxTelemetry
import Servers
import Testing

/// A database and topics of its own, for a dispatcher under test.
struct DispatcherFixture: Sendable {
    let database: TestDatabase
    let broker: KafkaBroker
    let template: String
    let admin: KafkaAdmin
    let metrics = MetricsRegistry()
    let log = CollectedLog()

    /// - Parameters:
    ///   - types: the aggregate types to make topics for.
    ///   - broker: the shared one unless given.
    static func make(
        _ types: [String] = ["position"], partitions: Int = 4, configs: [String: String] = [:],
        postgres: PostgresServer? = nil, broker: KafkaBroker? = nil
    ) async throws -> DispatcherFixture {
        let server = if let postgres { postgres } else { try await PostgresServer.shared() }
        let kafka = if let broker { broker } else { try await KafkaBroker.shared() }
        let fixture = DispatcherFixture(
            database: try await TestDatabase.make(url: try await server.createDatabase("dispatch")),
            broker: kafka,
            template: "t\(UUID().uuidString.prefix(8).lowercased()).{aggregateType}",
            admin: try KafkaAdmin(bootstrapServers: kafka.bootstrapServers))
        for type in types { try await fixture.createTopic(type, partitions: partitions, configs: configs) }
        return fixture
    }

    var bootstrapServers: String { broker.bootstrapServers }

    func topic(_ type: String) -> String { template.replacing("{aggregateType}", with: type) }

    func createTopic(_ type: String, partitions: Int = 4, configs: [String: String] = [:]) async throws {
        try await broker.createTopic(topic(type), partitions: Int32(partitions), settings: configs)
    }

    var configuration: DispatcherConfiguration {
        get throws {
            var configuration = DispatcherConfiguration(
                instance: "test-\(UUID().uuidString)", bootstrapServers: bootstrapServers)
            configuration.topicTemplate = try TopicTemplate(template)
            configuration.backoffBase = .milliseconds(100)
            return configuration
        }
    }

    /// Settings for tests in which the broker is to refuse a record for its size: compressed it would not be over it.
    static func uncompressed(_ configuration: inout DispatcherConfiguration) {
        configuration.kafkaProperties["compression.codec"] = "none"
    }

    /// Runs a dispatcher while `body` runs, and drains it afterwards.
    func withDispatcher<Result: Sendable>(
        _ change: (inout DispatcherConfiguration) throws -> Void = { _ in },
        _ body: (Dispatcher) async throws -> Result
    ) async throws -> Result {
        var configuration = try configuration
        try change(&configuration)
        let pool = PQPool(
            PQConfiguration(url: database.url(as: .dispatcher), sessionSettings: Dispatcher.sessionSettings),
            maximumConnections: 6)
        let dispatcher = try Dispatcher(configuration, pool: pool, logger: log.logger, metrics: metrics)
        let running = Task { try await dispatcher.run() }
        do {
            let result = try await body(dispatcher)
            dispatcher.drain()
            try await running.value
            await pool.close()
            return result
        } catch {
            dispatcher.drain()
            try? await running.value
            await pool.close()
            throw error
        }
    }

    /// All records of an aggregate type's topic, partition by partition, in order.
    func records(_ type: String = "position") async throws -> [KafkaRecord] {
        try await TopicReader.readAll(topic(type), bootstrapServers: bootstrapServers)
    }

    func waitUntilPublished(_ count: Int, within limit: Duration = .seconds(120)) async throws {
        try await eventually(within: limit, "\(count) events are published") {
            try await database.count("published") >= count
        }
    }

    /// What a record's aggregate and place in it are, as the tests write them.
    static func numbers(of records: [KafkaRecord]) throws -> [String: [Int]] {
        var numbers: [String: [Int]] = [:]
        for record in records {
            let aggregate = try #require(record.headerText("aggregate_id"))
            let payload = try JSONValue(parsing: record.value ?? [])
            guard case .integer(let n)? = payload["n"] else {
                Issue.record("a payload without n")
                continue
            }
            numbers[aggregate, default: []].append(Int(n))
        }
        return numbers
    }
}
