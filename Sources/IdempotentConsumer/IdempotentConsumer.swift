public import LibPQ
public import OutboxTelemetry
public import QueryCache

/// Applies events from Kafka to a read model, each once, each aggregate's in order, and keeps a query cache fresh.
///
/// ```swift
/// let consumer = try IdempotentConsumer(
///     configuration: ConsumerConfiguration(
///         name: "positions", bootstrapServers: "127.0.0.1:9092", aggregateTypes: ["position", "assignment"]),
///     pool: pool, projections: [PositionProjection()], cache: PostgresQueryCache(pool: pool))
/// try await consumer.run()   // until drain() is called, or the task is cancelled
/// ```
///
/// One transaction per batch and partition records the events' ids, runs the projections for the new ones and moves the
/// partition's offset. Kafka's own offsets are for those who watch the group's lag; reading goes on at the database's.
public final class IdempotentConsumer: Sendable {
    let configuration: ConsumerConfiguration
    let pool: PQPool
    let projections: [any Projection]
    let cache: (any QueryCache)?
    let metrics: MetricsRegistry
    let logger: Logger

    /// Creates a consumer; connects nowhere yet.
    /// - Parameters:
    ///   - configuration: what to read, and how.
    ///   - pool: the read model's database; should have two connections more than the configuration's parallelism.
    ///   - projections: what to do with the events; their names must differ.
    ///   - cache: where the projections' answers go; nil for none.
    ///   - metrics: where the metrics are registered.
    ///   - logger: what is written to.
    /// - Throws: ``ConsumerError/Code/invalidConfiguration``.
    public init(
        configuration: ConsumerConfiguration, pool: PQPool, projections: [any Projection],
        cache: (any QueryCache)? = nil, metrics: MetricsRegistry = .shared,
        logger: Logger = Logger(label: "outbox.consumer")
    ) throws(ConsumerError) {
        try configuration.check()
        self.configuration = configuration
        self.pool = pool
        self.projections = projections
        self.cache = cache
        self.metrics = metrics
        self.logger = logger
    }

    /// Works until it is drained or its task is cancelled; either way what is in flight is finished first, within the
    /// configuration's drain timeout. Outages of servers are waited for.
    /// - Throws: ``ConsumerError`` for what can't heal by itself: wrong settings, a schema that is not there.
    public func run() async throws {}

    /// Asks the consumer to finish what is in flight, to give its partitions up and to stop. Returns at once.
    public func drain() {}

    /// Whether progress is possible now.
    public var health: ConsumerHealth { ConsumerHealth() }
}
