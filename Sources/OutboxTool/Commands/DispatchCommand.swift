import OutboxCommandLine
import OutboxConsole
import OutboxHTTP
import OutboxTelemetry

/// `outbox dispatch`
enum DispatchCommand {
    static let command = Command(
        "dispatch", summary: "Carries events from the outbox to Kafka until it is told to stop.",
        discussion: """
            SIGTERM or SIGINT drains: what is in flight is finished and settled, the lanes are handed over, exit status 0.
            Outages of PostgreSQL or Kafka are waited for. Serves /metrics, /livez and /readyz, and a console at /.
            """,
        settings: StandardSettings.database + DispatcherSettings.definitions
            + [StandardSettings.httpAddress.definition] + ConsoleSettings.definitions + StandardSettings.logging,
        readsKafkaProperties: true
    ) { invocation in
        let address = try invocation.value(StandardSettings.httpAddress)
        let logger = try LoggingSetup.bootstrap(invocation, label: "outbox")
        LoggingSetup.announce(invocation, version: OutboxCommand.version, to: logger)
        MetricsRegistry.shared.addProcessMetrics()
        let dispatcher = try DispatcherProcess(invocation, name: "outbox dispatch")
        let console = try ConsoleSettings.console(invocation, for: dispatcher)
        let server = HTTPServer(address: address, router: router(for: dispatcher, console))
        if !address.isOff {
            try server.start()
        }
        let manager = ServiceManager()
        let watching = Task { await console?.run() }
        defer { watching.cancel() }
        try await TerminationSignals.whileRunning(stop: { signal in
            logger.notice("told to stop", metadata: ["signal": "\(signal)"])
            manager.tellStopping()
            dispatcher.drain()
        }) {
            try await manager.whileRunning(isAlive: { HealthReport(dispatcher.livenessChecks).status != .fail }) {
                try await dispatcher.run()
            }
        }
        await server.stop()
        await console?.close()
        await dispatcher.close()
        return .success
    }

    private static func router(for dispatcher: DispatcherProcess, _ console: DispatchConsole?) -> HTTPRouter {
        var router = HTTPRouter()
        router.addMetrics(.shared)
        router.addHealth(
            live: { HealthReport(dispatcher.livenessChecks) }, ready: { HealthReport(dispatcher.healthChecks) })
        console?.addRoutes(to: &router)
        return router
    }
}
