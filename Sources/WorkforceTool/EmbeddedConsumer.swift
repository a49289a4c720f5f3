import IdempotentConsumer
import LibPQ
import OutboxCommandLine
import OutboxHTTP
import Workforce

/// The consumer inside of the query service, with connections of its own, so that queries never wait for it.
struct EmbeddedConsumer {
    private let consumer: IdempotentConsumer
    private let pool: PQPool

    init(_ invocation: Invocation) throws {
        let configuration = try ConsumerSettings.configuration(invocation)
        let database = PQConfiguration(
            url: try invocation.value(StandardSettings.queryDatabaseURL), applicationName: "workforce query: consumer",
            pooling: try invocation.value(StandardSettings.databasePooling))
        pool = PQPool(database, maximumConnections: ConsumerSettings.connections(configuration))
        consumer = try IdempotentConsumer(
            configuration: configuration, pool: pool, projections: [WorkforceProjection()],
            cache: QueryCacheSetting.makeCache(invocation, pool: pool))
    }

    var isLive: Bool { consumer.health.isLive }

    /// What keeps the read model from being up to date.
    var warnings: [HealthCheck] {
        consumer.progressChecks.map { check in
            HealthCheck("consumer: \(check.name)", check.status == .pass ? .pass : .warn, detail: check.detail)
        }
    }

    func run() async throws { try await consumer.runOrBlameSettings() }
    func drain() { consumer.drain() }
    func close() async { await pool.close() }
}
