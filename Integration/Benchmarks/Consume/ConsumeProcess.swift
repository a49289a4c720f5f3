import IdempotentConsumer
import LibPQ
import OutboxCommandLine
import OutboxTelemetry
import QueryCache

/// `Benchmarks consume`: the consumer that is measured, in a process of its own.
enum ConsumeProcess {
    static let command = Command(
        "consume", summary: "Applies events to a read model and a cache; started by the benchmark itself.",
        options: [topics.definition, notes.definition],
        settings: [StandardSettings.queryDatabaseURL.definition, StandardSettings.bootstrapServers.definition]
            + StandardSettings.logging,
        readsKafkaProperties: true
    ) { invocation in
        let logger = try LoggingSetup.bootstrap(invocation, label: "consume")
        let database = PQConfiguration(url: try invocation.value(StandardSettings.queryDatabaseURL))
        var configuration = ConsumerConfiguration(
            name: "bench", bootstrapServers: try invocation.value(StandardSettings.bootstrapServers),
            topics: (invocation[topics] ?? "").split(separator: ",").map(String.init))
        configuration.kafkaProperties = invocation.kafkaProperties
        let cache = NotingCache(PostgresQueryCache(pool: PQPool(database, maximumConnections: 2)))
        let isNoting = invocation[notes] != nil
        let consumer = try IdempotentConsumer(
            configuration: configuration, pool: PQPool(database, maximumConnections: configuration.parallelism + 2),
            projections: [DocumentProjection()],
            cache: isNoting ? cache : cache.cache, logger: logger)
        try await TerminationSignals.whileRunning(stop: { _ in consumer.drain() }) { try await consumer.run() }
        if let path = invocation[notes] { try cache.write(to: path) }
        return .success
    }

    private static let topics = Option("topics", .text("NAME,…"), help: "what to read")
    private static let notes = Option(
        "notes", .text("FILE"), help: "write down when each answer reached the cache")
}
