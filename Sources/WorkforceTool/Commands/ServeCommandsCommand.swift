import LibPQ
import OutboxCommandLine
import OutboxHTTP
import OutboxTelemetry
import Workforce

/// `workforce command`
enum ServeCommandsCommand {
    private static let dispatch = Flag(
        "dispatch", help: "run the dispatcher in this process too, instead of `outbox dispatch` beside it")
    private static let address = Setting(
        "WORKFORCE_COMMAND_ADDRESS", .serviceAddress,
        help: "where commands, health and metrics are served; port 0 takes a free one and logs it",
        default: "127.0.0.1:9090")
    private static let connections = Setting(
        "WORKFORCE_COMMAND_CONNECTIONS", .integer(1...200),
        help: "the most connections to the database, each for one command at a time", default: "8")

    static let command = OutboxCommandLine.Command(
        "command", summary: "Serves the commands as a REST interface until it is told to stop.",
        discussion: """
            SIGTERM or SIGINT lets requests in flight end, exit status 0. GET /openapi.json describes the interface.
            The settings of the dispatcher, Kafka's among them, are used with --dispatch only.
            """,
        options: [dispatch.definition, AccessSettings.devAuth.definition],
        settings: StandardSettings.database + [address.definition, connections.definition]
            + AccessSettings.definitions + DispatcherSettings.definitions + StandardSettings.logging,
        readsKafkaProperties: true
    ) { invocation in
        let logger = try LoggingSetup.bootstrap(invocation, label: "workforce")
        LoggingSetup.announce(invocation, version: WorkforceCommand.version, to: logger)
        let access = try AccessSettings.access(invocation, logger: logger)
        MetricsRegistry.shared.addProcessMetrics()
        let pool = PQPool(
            PQConfiguration(
                url: try invocation.value(StandardSettings.databaseURL), applicationName: "workforce command",
                statementTimeout: .seconds(15), pooling: try invocation.value(StandardSettings.databasePooling)),
            maximumConnections: try invocation.value(connections), acquireTimeout: .seconds(10))
        let dispatcher =
            invocation[dispatch] ? try DispatcherProcess(invocation, name: "workforce command --dispatch") : nil
        let server = HTTPServer(
            address: try invocation.value(address), router: router(access: access, pool: pool, dispatcher: dispatcher))
        try server.start()
        try await run(server, dispatcher: dispatcher, logger: logger)
        await dispatcher?.close()
        await pool.close()
        return .success
    }

    /// All that the command serves.
    static func router(access: Access, pool: PQPool, dispatcher: DispatcherProcess?) -> HTTPRouter {
        let service = CommandService(pool: pool, onCommit: { dispatcher?.nudge() })
        let metrics = RequestMetrics()
        var router = HTTPRouter()
        router.use { request, next in try await metrics.respond(to: request, next) }
        access.apply(to: &router, roles: [.writer, .admin])
        router.addMetrics(.shared)
        router.addHealth(
            live: { HealthReport(dispatcher?.livenessChecks ?? []) },
            ready: {
                let database = HealthCheck("database", passes: await service.isReady)
                return HealthReport([database] + (dispatcher?.healthChecks ?? []))
            })
        CommandAPI(service: service).addRoutes(to: &router)
        return router
    }

    /// Serves until told to stop: first requests end, then the dispatcher, which so gets what they wrote.
    private static func run(_ server: HTTPServer, dispatcher: DispatcherProcess?, logger: Logger) async throws {
        let (told, teller) = AsyncStream<Never>.makeStream()
        try await TerminationSignals.whileRunning(stop: { signal in
            logger.notice("told to stop", metadata: ["signal": "\(signal)"])
            teller.finish()
        }) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                if let dispatcher {
                    group.addTask {
                        defer { teller.finish() }
                        try await dispatcher.run()
                    }
                }
                for await _ in told {}
                await server.stop()
                dispatcher?.drain()
                try await group.waitForAll()
            }
        }
    }
}
