public import LibPQ
import LibRDKafka
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
    let state = ConsumerState()
    private let hooks: FaultHooks

    /// Creates a consumer; connects nowhere yet.
    /// - Parameters:
    ///   - configuration: what to read, and how.
    ///   - pool: the read model's database; should have two connections more than the configuration's parallelism.
    ///   - projections: what to do with the events; their names must differ.
    ///   - cache: where the projections' answers go; nil for none.
    ///   - metrics: where the metrics are registered.
    ///   - logger: what is written to.
    /// - Throws: ``ConsumerError/Code/invalidConfiguration``.
    public convenience init(
        configuration: ConsumerConfiguration, pool: PQPool, projections: [any Projection],
        cache: (any QueryCache)? = nil, metrics: MetricsRegistry = .shared,
        logger: Logger = Logger(label: "outbox.consumer")
    ) throws(ConsumerError) {
        try self.init(
            configuration: configuration, pool: pool, projections: projections, cache: cache, metrics: metrics,
            logger: logger, hooks: FaultHooks())
    }

    /// Creates a consumer that tests make fail.
    package init(
        configuration: ConsumerConfiguration, pool: PQPool, projections: [any Projection],
        cache: (any QueryCache)?, metrics: MetricsRegistry, logger: Logger, hooks: FaultHooks
    ) throws(ConsumerError) {
        try configuration.check()
        guard !projections.isEmpty, Set(projections.map(\.name)).count == projections.count else {
            throw ConsumerError(
                .invalidConfiguration,
                "projections are \(projections.map(\.name)); allowed: at least one, each with a name of its own")
        }
        self.configuration = configuration
        self.pool = pool
        self.projections = projections
        self.cache = cache
        self.metrics = metrics
        self.logger = logger
        self.hooks = hooks
    }

    /// Works until it is drained or its task is cancelled; to be called once. Either way what is in flight is finished
    /// first, within the configuration's drain timeout. Outages of servers are waited for.
    /// - Throws: ``ConsumerError`` for what can't heal by itself: wrong settings, a schema that is not there.
    public func run() async throws {
        // The work goes on when this task is cancelled: cancellation asks for a drain.
        let work = Task { try await self.work() }
        try await withTaskCancellationHandler {
            try await work.value
        } onCancel: {
            drain()
        }
    }

    /// Asks the consumer to finish what is in flight, to give its partitions up and to stop. Returns at once.
    public func drain() { state.requestDrain() }

    /// Whether progress is possible now.
    public var health: ConsumerHealth { state.health(at: .now) }

    private func work() async throws {
        try await checkSchema()
        guard !state.isDraining else { return }
        let run: ConsumerRun
        do {
            run = try ConsumerRun(self, hooks: hooks)
        } catch let error as KafkaError {
            throw ConsumerError(
                .invalidConfiguration, "no Kafka client can be made; check the Kafka properties", underlying: error)
        }
        logger.info(
            "consumer started",
            metadata: [
                "consumer": "\(configuration.name)", "topics": "\(configuration.topics.joined(separator: " "))",
                "projections": "\(projections.map(\.name).joined(separator: " "))",
            ])
        try await run.work()
        logger.info("consumer stopped", metadata: ["consumer": "\(configuration.name)"])
    }

    /// Waits for the database, and looks whether the tables are there.
    private func checkSchema() async throws {
        let store = ConsumerStore(pool: pool, consumer: configuration.name)
        var failures = 0
        while !state.isDraining {
            state.moved()
            do {
                try await store.checkSchema()
                if try await pool.withConnection({ await $0.isPooled }) {
                    logger.info("a pooler stands before the database: statements are sent unprepared")
                }
                state.databaseAnswered()
                return
            } catch let error as PQError where FailureKind.isTransient(error) {
                failures += 1
                state.databaseAnswered(false)
                logger.log(
                    level: failures == 1 ? .error : .debug, "the database does not answer; trying again",
                    metadata: ["error": "\(error)"])
                try await Task.sleep(
                    for: Backoff(base: .milliseconds(100), limit: configuration.maximumBackoff)
                        .delay(afterFailures: failures))
            }
        }
    }
}
