import IdempotentConsumer
import LibPQ
import OutboxCommandLine
import OutboxHTTP
import OutboxTelemetry
import Workforce

/// `workforce query`
enum QueryCommand {
    private static let address = Setting(
        "WORKFORCE_QUERY_ADDRESS", .serviceAddress,
        help: "where queries, health and metrics are served; port 0 takes a free one and logs it",
        default: "127.0.0.1:8090")
    private static let connections = Setting(
        "WORKFORCE_QUERY_CONNECTIONS", .integer(1...500), help: "connections to the read model's database for queries",
        default: "10")
    private static let minimumSequenceTimeout = Setting(
        "WORKFORCE_MIN_SEQUENCE_TIMEOUT", .duration(.zero ... .seconds(25)),
        help: "how long a query waits for what its X-Min-Sequence names", default: "5s")
    /// A cache that is slower than this is no help.
    private static let cacheTimeLimit = Duration.milliseconds(100)
    private static let noConsume = Flag(
        "no-consume", help: "only answer queries; another process keeps the read model (workforce consume)")

    static let command = OutboxCommandLine.Command(
        "query", summary: "Answers GraphQL queries from the read model, which it keeps up to date from Kafka.",
        discussion: """
            POST /graphql takes queries of readers, writers and admins; / is a page to try them on. Serves /metrics,
            /health, /livez and /readyz on the same port. SIGTERM or SIGINT finishes what is in flight, exit status 0.
            Outages of PostgreSQL or Kafka are waited for.
            """,
        options: [noConsume.definition, AccessSettings.devAuth.definition],
        settings: StandardSettings.queryDatabase
            + [
                QueryCacheSetting.definition, address.definition, connections.definition,
                minimumSequenceTimeout.definition,
            ] + AccessSettings.definitions + ConsumerSettings.definitions + StandardSettings.logging,
        readsKafkaProperties: true
    ) { invocation in
        let logger = try LoggingSetup.bootstrap(invocation, label: "workforce")
        LoggingSetup.announce(invocation, version: WorkforceCommand.version, to: logger)
        let access = try AccessSettings.access(invocation, logger: logger)
        MetricsRegistry.shared.addProcessMetrics()
        let pool = PQPool(
            PQConfiguration(
                url: try invocation.value(StandardSettings.queryDatabaseURL), applicationName: "workforce query",
                statementTimeout: .seconds(15), pooling: try invocation.value(StandardSettings.databasePooling)),
            maximumConnections: try invocation.value(connections), acquireTimeout: .seconds(10))
        let consumer = invocation[noConsume] ? nil : try EmbeddedConsumer(invocation)
        let api = try QueryAPI(
            pool: pool, cache: QueryCacheSetting.makeCache(invocation, pool: pool, timeLimit: cacheTimeLimit),
            minimumSequenceTimeout: try invocation.value(minimumSequenceTimeout))
        let server = HTTPServer(
            address: try invocation.value(address),
            router: router(api, access: access, pool: pool, consumer: consumer))
        try server.start()
        let (told, teller) = AsyncStream<Never>.makeStream()
        try await TerminationSignals.whileRunning(stop: { signal in
            logger.notice("told to stop", metadata: ["signal": "\(signal)"])
            consumer?.drain()
            teller.finish()
        }) {
            if let consumer { try await consumer.run() } else { for await _ in told {} }
        }
        await server.stop()
        await consumer?.close()
        await pool.close()
        return .success
    }

    private static func router(
        _ api: QueryAPI, access: Access, pool: PQPool, consumer: EmbeddedConsumer?
    ) -> HTTPRouter {
        let metrics = RequestMetrics()
        var router = HTTPRouter()
        router.use { request, next in try await metrics.respond(to: request, next) }
        access.apply(to: &router, roles: Set(Role.allCases))
        router.addMetrics(.shared)
        addHealth(to: &router, pool: pool, consumer: consumer)
        api.addRoutes(to: &router)
        return router
    }

    /// Queries can be answered without Kafka; then they show an older state, which is a warning and no failure.
    private static func addHealth(to router: inout HTTPRouter, pool: PQPool, consumer: EmbeddedConsumer?) {
        router.addHealth(
            live: { HealthReport([HealthCheck("loop", passes: consumer?.isLive ?? true)]) },
            ready: {
                let readModel = await readModelCheck(pool)
                return HealthReport([readModel] + (consumer?.warnings ?? []))
            })
    }

    private static func readModelCheck(_ pool: PQPool) async -> HealthCheck {
        do {
            _ = try await pool.withConnection { try await $0.query("SELECT FROM read_model.positions LIMIT 0") }
            return HealthCheck("read model", .pass)
        } catch let error as PQError {
            return HealthCheck("read model", .fail, detail: "\(error.code)")
        } catch {
            return HealthCheck("read model", .fail)
        }
    }
}
