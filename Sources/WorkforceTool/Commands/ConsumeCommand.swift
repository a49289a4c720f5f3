import IdempotentConsumer
import LibPQ
import OutboxCommandLine
import OutboxHTTP
import OutboxTelemetry
import QueryCache
import Workforce

/// `workforce consume`
enum ConsumeCommand {
    private static let group = Setting(
        "WORKFORCE_GROUP", .text("name"), help: "the consumer's name and Kafka group", default: "workforce")
    private static let topicTemplate = Setting(
        "OUTBOX_TOPIC_TEMPLATE",
        ValueParser<String>(
            valueName: "template", allowed: "letters, digits, '.', '_', '-' and {aggregateType} once"
        ) { isTopicTemplate($0) ? $0 : nil }, help: "the topic of an aggregate type, as the dispatcher has it",
        default: "outbox.event.{aggregateType}")
    private static let parallelism = Setting(
        "WORKFORCE_PARALLELISM", .integer(1...64),
        help: "partitions that are worked on at once, each on its connection",
        default: "4")
    private static let inboxRetention = Setting(
        "WORKFORCE_INBOX_RETENTION", .duration(.seconds(60) ... .seconds(400 * 86_400)),
        help: "how long event ids are remembered; longer than the topics keep records", default: "720h")

    static let command = OutboxCommandLine.Command(
        "consume", summary: "Builds the read model and the query cache from Kafka until it is told to stop.",
        discussion: """
            SIGTERM or SIGINT finishes what is in flight and gives the partitions up, exit status 0. Outages of
            PostgreSQL or Kafka are waited for. Serves /metrics, /livez and /readyz.
            """,
        settings: [
            StandardSettings.queryDatabaseURL.definition, StandardSettings.bootstrapServers.definition,
            group.definition, topicTemplate.definition, parallelism.definition, inboxRetention.definition,
            StandardSettings.httpAddress.definition,
        ] + StandardSettings.logging, readsKafkaProperties: true
    ) { invocation in
        let logger = try LoggingSetup.bootstrap(invocation, label: "workforce")
        LoggingSetup.announce(invocation, version: WorkforceCommand.version, to: logger)
        var configuration = ConsumerConfiguration(
            name: try invocation.value(group),
            bootstrapServers: try invocation.value(StandardSettings.bootstrapServers),
            aggregateTypes: AggregateType.allCases.map(\.rawValue),
            topicTemplate: try invocation.value(topicTemplate))
        configuration.kafkaProperties = invocation.kafkaProperties
        configuration.parallelism = try invocation.value(parallelism)
        configuration.inboxRetention = try invocation.value(inboxRetention)
        let pool = PQPool(
            PQConfiguration(
                url: try invocation.value(StandardSettings.queryDatabaseURL), applicationName: "workforce consume"),
            maximumConnections: configuration.parallelism + 3)
        MetricsRegistry.shared.addProcessMetrics()
        let consumer = try IdempotentConsumer(
            configuration: configuration, pool: pool, projections: [WorkforceProjection()],
            cache: MeteredQueryCache(PostgresQueryCache(pool: pool)))
        let address = try invocation.value(StandardSettings.httpAddress)
        let server = HTTPServer(address: address, router: router(for: consumer))
        if !address.isOff {
            try server.start()
        }
        try await TerminationSignals.whileRunning(stop: { signal in
            logger.notice("told to stop", metadata: ["signal": "\(signal)"])
            consumer.drain()
        }) {
            do {
                try await consumer.run()
            } catch let error as ConsumerError where error.code == .invalidConfiguration {
                throw UsageError("\(error)")
            }
        }
        await server.stop()
        await pool.close()
        return .success
    }

    private static func isTopicTemplate(_ text: String) -> Bool {
        let parts = text.split(separator: "{aggregateType}", omittingEmptySubsequences: false)
        return parts.count == 2
            && parts.joined().unicodeScalars.allSatisfy { scalar in
                switch scalar {
                case "a"..."z", "A"..."Z", "0"..."9", ".", "_", "-": true
                default: false
                }
            }
    }

    private static func router(for consumer: IdempotentConsumer) -> HTTPRouter {
        var router = HTTPRouter()
        router.addMetrics(.shared)
        router.addHealth(
            live: { HealthReport([HealthCheck("loop", passes: consumer.health.isLive)]) },
            ready: {
                let health = consumer.health
                return HealthReport([
                    HealthCheck("postgres", passes: health.isDatabaseReachable),
                    HealthCheck("kafka", passes: health.isBrokerReachable),
                    HealthCheck("assignment", passes: health.hasAssignment, detail: "\(health.partitions) partitions"),
                    HealthCheck("progress", passes: health.stalledPartitions == 0, detail: health.lastStall),
                    HealthCheck("running", passes: !health.isDraining),
                ])
            })
        return router
    }
}
