public import LibPQ
public import OutboxTelemetry
public import QueryCache

/// Builds the tables of a consumer's projections anew from the topics' beginning, while the old ones serve, and puts
/// them in their place.
///
/// ```swift
/// let rebuild = try ProjectionRebuild(
///     configuration: configuration, pool: pool, projections: [PositionTitles()], cache: cache)
/// let report = try await rebuild.run { print("\($0.done) of \($0.total)") }
/// ```
///
/// The running consumer goes on meanwhile; it may also be stopped. The new tables grow in a schema of their own, follow
/// the consumer, and are swapped in by one short transaction in which both stand at the same offsets: the consumer goes
/// on exactly where the rebuild ended, nothing is lost and nothing is applied twice. Cached answers are refreshed.
///
/// A rebuild that is killed, whenever, leaves the old tables serving if it was before the swap, and the new ones if it
/// was after; the next one cleans up. Only one rebuild of a consumer runs at a time. Its role must own the schemas and
/// be allowed to make new ones, and must not connect through a pooler in transaction mode.
///
/// Events that can't be applied to the new tables wait in the consumer afterwards, as they do in general; those that an
/// operator has discarded stay out.
public struct ProjectionRebuild: Sendable {
    /// Whether to go on when a topic no longer has all of its records, so that the new tables will lack some.
    public var allowsMissingRecords = false

    let configuration: ConsumerConfiguration
    let store: RebuildStore
    let cache: (any QueryCache)?
    let logger: Logger

    /// Prepares a rebuild; connects nowhere yet.
    /// - Parameters:
    ///   - configuration: the consumer's.
    ///   - pool: the read model's database; should have two connections more than the configuration's parallelism.
    ///   - projections: all of the consumer's, each with a schema of its own.
    ///   - cache: where the projections' answers are; nil for none.
    ///   - logger: what is written to.
    /// - Throws: ``ConsumerError/Code/invalidConfiguration``.
    public init(
        configuration: ConsumerConfiguration, pool: PQPool, projections: [any RebuildableProjection],
        cache: (any QueryCache)? = nil, logger: Logger = Logger(label: "outbox.rebuild")
    ) throws(ConsumerError) {
        try configuration.check()
        let schemas = projections.map(\.schema)
        guard !projections.isEmpty, Set(schemas).count == schemas.count,
            schemas.allSatisfy({ (1...50).contains($0.utf8.count) })
        else {
            throw ConsumerError(
                .invalidConfiguration,
                "the projections' schemas are \(schemas); allowed: one for each, of 1 to 50 bytes, and no other's")
        }
        self.configuration = configuration
        store = RebuildStore(pool: pool, live: configuration.name, projections: projections)
        self.cache = cache
        self.logger = logger
    }

    /// Builds and swaps.
    ///
    /// - Parameter progress: called now and then.
    /// - Returns: what was done.
    /// - Throws: ``ConsumerError``, what a projection throws for no event's fault, `PQError`; the old tables serve on
    ///   then. `CancellationError` when the task is cancelled.
    @discardableResult
    public func run(
        progress: @Sendable (RebuildProgress) -> Void = { _ in }
    ) async throws -> RebuildReport {
        try await ConsumerStore(pool: store.pool, consumer: configuration.name).checkSchema()
        return try await store.alone {
            try await store.cleanUpPatiently()
            do {
                let run = try RebuildRun(self)
                let report: RebuildReport
                do {
                    report = try await run.work(progress)
                } catch {
                    await run.close()
                    throw error
                }
                await run.close()
                await finish()
                return report
            } catch {
                // Whatever is left, the next rebuild removes.
                await shieldedFromCancellation { try? await store.cleanUp() }
                throw error
            }
        }
    }

    /// Refreshes cached answers and drops the old tables. None of it has to succeed: the consumer looks for old answers
    /// itself, and the next rebuild for old tables.
    private func finish() async {
        if let cache {
            await CacheRefresher(
                store: ConsumerStore(pool: store.pool, consumer: store.live), cache: cache,
                projections: store.projections.map { RoutedProjection($0) },
                metrics: ConsumeMetrics(prefix: configuration.metricPrefix, registry: MetricsRegistry()),
                logger: logger, upkeepInterval: configuration.upkeepInterval, refreshed: { _ in }
            ).sweep()
        }
        do {
            try await store.cleanUpPatiently()
        } catch {
            logger.warning(
                "the old tables could not be dropped; the next rebuild does", metadata: ["error": "\(error)"])
        }
    }
}
