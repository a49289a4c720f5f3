import LibPQ
import LibRDKafka
import OutboxTelemetry

/// One run of a consumer: its clients and its tasks, from the start to the end.
struct ConsumerRun {
    private let kafka: KafkaConsumer
    private let context: PartitionContext
    private let deadLetters: KafkaDeadLetterWriter
    private let state: ConsumerState
    private let queue = WorkQueue<PartitionProcessor<KafkaRecord>>()
    private let progress = Signal()

    init(_ consumer: IdempotentConsumer, hooks: FaultHooks) throws {
        let configuration = consumer.configuration
        let logger = consumer.logger
        let metrics = ConsumeMetrics(prefix: configuration.metricPrefix, registry: consumer.metrics)
        var settings = configuration.kafkaConsumer(logger: logger)
        settings.statistics = { [state = consumer.state] text in
            guard let statistics = ConsumerStatistics(text) else { return }
            statistics.report(to: metrics)
            state.joined(statistics.isMember)
        }
        let kafka = try KafkaConsumer(settings)
        let store = ConsumerStore(pool: consumer.pool, consumer: configuration.name)
        let projections = consumer.projections.map { RoutedProjection($0) }
        let committer = OffsetCommitter(logger: logger) { offsets in
            try await kafka.commit(
                offsets.map { KafkaTopicPartitionOffset(KafkaTopicPartition($0.key), .offset($0.value)) })
        }
        let refresher = consumer.cache.map { cache in
            CacheRefresher(
                store: store, cache: cache, projections: projections, metrics: metrics, logger: logger,
                upkeepInterval: configuration.upkeepInterval
            ) { committer.note($0.partition, nextOffset: $0.nextOffset) }
        }
        deadLetters = KafkaDeadLetterWriter(configuration: configuration, logger: logger)
        state = consumer.state
        let state = consumer.state
        context = PartitionContext(
            configuration: configuration,
            applier: EventApplier(
                store: store, projections: projections, usesCache: refresher != nil,
                backoff: Backoff(base: configuration.retryBackoff, limit: .seconds(300)),
                maximumAttempts: configuration.maximumAttempts),
            eventTypes: projections.reduce(into: []) { $0.formUnion($1.eventTypes) }, deadLetters: deadLetters,
            refresher: refresher, committer: committer, metrics: metrics, logger: logger, hooks: hooks,
            databaseAnswered: { state.databaseAnswered() })
        self.kafka = kafka
    }

    /// Works until a drain is asked for.
    /// - Throws: ``ConsumerError``, and what a test's fault hook throws.
    func work() async throws {
        context.metrics.active.set(1)
        defer { context.metrics.active.set(0) }
        do {
            try await workAndDrain()
        } catch {
            await close()
            throw error
        }
        await close()
    }

    private func workAndDrain() async throws {
        let upkeep = ConsumerUpkeep(kafka: kafka, context: context, state: state)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<context.configuration.parallelism { group.addTask { try await self.applyBatches() } }
            group.addTask { await context.committer.run(every: context.configuration.commitInterval) }
            group.addTask { await upkeep.watchDatabase() }
            group.addTask { await upkeep.watchBroker() }
            group.addTask { await upkeep.tidyInbox() }
            group.addTask { try await self.readAndDrain() }
            do {
                // The reader ends first, or something fails.
                while let _ = try await group.next() { if state.isDraining && state.partitions.isEmpty { break } }
            } catch {
                queue.finish()
                group.cancelAll()
                throw error
            }
            queue.finish()
            group.cancelAll()
        }
    }

    private func readAndDrain() async throws {
        let loop = ConsumerLoop(
            kafka: kafka, context: context,
            placement: PartitionPlacement(
                store: context.store, start: context.configuration.start, metrics: context.metrics,
                logger: context.logger),
            state: state, queue: queue, progress: progress)
        try await withThrowingTaskGroup(of: Void.self) { group in
            if let refresher = context.refresher { group.addTask { await refresher.run() } }
            try await loop.run()
            // Cancelled is what a run is that failed elsewhere: then nothing is brought to an end in good order.
            try Task.checkCancellation()
            await loop.drain()
            // Answers that are not refreshed in time are found by the next sweep.
            context.refresher?.finish()
            group.addTask { try? await Task.sleep(for: context.configuration.drainTimeout) }
            if context.refresher != nil { try await group.next() }
            group.cancelAll()
        }
        await context.committer.flush()
    }

    private func applyBatches() async throws {
        while let processor = await queue.next() {
            try await processor.step()
            if processor.claimPlaceInQueue(at: .now) { queue.push(processor) }
            progress.raise()
        }
    }

    private func close() async {
        await deadLetters.close()
        await kafka.close()
    }
}
