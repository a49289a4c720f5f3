import LibPQ
import OutboxDispatcher
import OutboxTelemetry
import QueryCache
import Workforce

@testable import IdempotentConsumer

/// The metrics that the code knows.
enum KnownMetrics {
    /// A registry with each of them, as `/metrics` serves them.
    static func registry() throws -> MetricsRegistry {
        let registry = MetricsRegistry()
        let pool = PQPool(PQConfiguration(url: "postgresql://localhost/none"))
        _ = try Dispatcher(
            DispatcherConfiguration(instance: "readme", bootstrapServers: "localhost:1"), pool: pool, metrics: registry)
        let configuration = ConsumerConfiguration(name: "readme", bootstrapServers: "localhost:1", topics: ["t"])
        _ = ConsumeMetrics(prefix: configuration.metricPrefix, registry: registry)
        _ = MeteredQueryCache(PostgresQueryCache(pool: pool), registry: registry)
        _ = RequestMetrics(registry: registry)
        _ = try QueryAPI(pool: pool, cache: PostgresQueryCache(pool: pool), metrics: registry)
        registry.addProcessMetrics()
        return registry
    }
}
