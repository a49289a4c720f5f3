import IdempotentConsumer
import LibPQ
import OutboxCommandLine
import OutboxHTTP
import OutboxTelemetry
import Workforce

/// `workforce consume`
enum ConsumeCommand {
    static let command = OutboxCommandLine.Command(
        "consume", summary: "Builds the read model and the query cache from Kafka until it is told to stop.",
        discussion: """
            SIGTERM or SIGINT finishes what is in flight and gives the partitions up, exit status 0. Outages of
            PostgreSQL or Kafka are waited for. Serves /metrics, /livez and /readyz.
            """,
        settings: StandardSettings.queryDatabase + [QueryCacheSetting.definition]
            + ConsumerSettings.definitions
            + [StandardSettings.httpAddress.definition] + StandardSettings.logging, readsKafkaProperties: true
    ) { invocation in
        let logger = try LoggingSetup.bootstrap(invocation, label: "workforce")
        LoggingSetup.announce(invocation, version: WorkforceCommand.version, to: logger)
        let configuration = try ConsumerSettings.configuration(invocation)
        let pool = PQPool(
            PQConfiguration(
                url: try invocation.value(StandardSettings.queryDatabaseURL), applicationName: "workforce consume",
                pooling: try invocation.value(StandardSettings.databasePooling)),
            maximumConnections: ConsumerSettings.connections(configuration))
        MetricsRegistry.shared.addProcessMetrics()
        let consumer = try IdempotentConsumer(
            configuration: configuration, pool: pool, projections: [WorkforceProjection()],
            cache: QueryCacheSetting.makeCache(invocation, pool: pool))
        let address = try invocation.value(StandardSettings.httpAddress)
        let server = HTTPServer(address: address, router: router(for: consumer))
        if !address.isOff {
            try server.start()
        }
        try await TerminationSignals.whileRunning(stop: { signal in
            logger.notice("told to stop", metadata: ["signal": "\(signal)"])
            consumer.drain()
        }) {
            try await consumer.runOrBlameSettings()
        }
        await server.stop()
        await pool.close()
        return .success
    }

    private static func router(for consumer: IdempotentConsumer) -> HTTPRouter {
        var router = HTTPRouter()
        router.addMetrics(.shared)
        router.addHealth(
            live: { HealthReport([HealthCheck("loop", passes: consumer.health.isLive)]) },
            ready: { HealthReport(consumer.progressChecks) })
        return router
    }
}
