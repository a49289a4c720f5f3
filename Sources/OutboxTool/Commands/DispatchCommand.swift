import LibPQ
import OutboxCommandLine
import OutboxDispatcher
import OutboxHTTP
import OutboxTelemetry

/// `outbox dispatch`
enum DispatchCommand {
    static let command = Command(
        "dispatch", summary: "Carries events from the outbox to Kafka until it is told to stop.",
        discussion: """
            SIGTERM or SIGINT drains: what is in flight is finished and settled, the lanes are handed over, exit status 0.
            Outages of PostgreSQL or Kafka are waited for. Serves /metrics, /livez and /readyz.
            """,
        settings: [StandardSettings.databaseURL.definition, StandardSettings.bootstrapServers.definition]
            + DispatcherSettings.definitions + [StandardSettings.httpAddress.definition] + StandardSettings.logging,
        readsKafkaProperties: true
    ) { invocation in
        let configuration = try DispatcherSettings.configuration(invocation)
        let address = try invocation.value(StandardSettings.httpAddress)
        let logger = try LoggingSetup.bootstrap(invocation, label: "outbox")
        LoggingSetup.announce(invocation, version: OutboxCommand.version, to: logger)
        let pool = PQPool(
            PQConfiguration(
                url: try invocation.value(StandardSettings.databaseURL), applicationName: "outbox dispatch",
                statementTimeout: .seconds(120), sessionSettings: Dispatcher.sessionSettings), maximumConnections: 6)
        MetricsRegistry.shared.addProcessMetrics()
        let dispatcher = try Dispatcher(configuration, pool: pool)
        let server = HTTPServer(address: address, router: router(for: dispatcher))
        if !address.isOff {
            try server.start()
        }
        try await TerminationSignals.whileRunning(stop: { signal in
            logger.notice("told to stop", metadata: ["signal": "\(signal)"])
            dispatcher.drain()
        }) {
            do {
                try await dispatcher.run()
            } catch let error as DispatcherError where error.isOfSettings {
                throw UsageError("\(error)")
            }
        }
        await server.stop()
        await pool.close()
        return .success
    }

    private static func router(for dispatcher: Dispatcher) -> HTTPRouter {
        var router = HTTPRouter()
        router.addMetrics(.shared)
        router.addHealth(
            live: { HealthReport() },
            ready: {
                let health = dispatcher.health
                return HealthReport([
                    HealthCheck("postgres", passes: health.isDatabaseReachable),
                    HealthCheck("kafka", passes: health.isBrokerReachable),
                    HealthCheck("lanes", passes: health.lanesOwned > 0, detail: "\(health.lanesOwned) owned"),
                    HealthCheck("loop", passes: health.isLoopMoving),
                    HealthCheck("running", passes: !health.isDraining),
                ])
            })
        return router
    }
}

extension DispatcherError {
    /// Whether other settings would help, those of librdkafka among them.
    fileprivate var isOfSettings: Bool { code == .invalidConfiguration || code == .producer }
}
