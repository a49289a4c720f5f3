import LibPQ
import LibRDKafka
import OutboxTelemetry

/// Reads from Kafka, hands the records to their partitions, and takes part in the group's rebalances.
///
/// One task runs it; partitions are worked on by others, so that polling goes on whatever they do.
final class ConsumerLoop {
    typealias Processor = PartitionProcessor<KafkaRecord>

    private let kafka: KafkaConsumer
    private let context: PartitionContext
    private let placement: PartitionPlacement
    private let state: ConsumerState
    private let queue: WorkQueue<Processor>
    private let progress: Signal
    private var processors: [PartitionID: Processor] = [:]
    private var paused: Set<PartitionID> = []

    init(
        kafka: KafkaConsumer, context: PartitionContext, placement: PartitionPlacement, state: ConsumerState,
        queue: WorkQueue<Processor>, progress: Signal
    ) {
        self.kafka = kafka
        self.context = context
        self.placement = placement
        self.state = state
        self.queue = queue
        self.progress = progress
    }

    /// Works until a drain is asked for or the task is cancelled.
    /// - Throws: ``ConsumerError`` when the Kafka client can't work any more.
    func run() async throws {
        do {
            try await kafka.subscribe(context.configuration.topics)
            while !state.isDraining, !Task.isCancelled {
                state.moved()
                for event in try await kafka.poll(maximumMessages: 5_000, timeout: .milliseconds(50)) {
                    try await handle(event)
                }
                try await resolveWhereNeeded()
                schedule()
                try await balanceLoad()
            }
        } catch let error as KafkaError where error.code == .fencedInstanceID {
            let instance = context.configuration.groupInstance ?? "of group.instance.id"
            throw ConsumerError(
                .fenced,
                """
                another consumer of the group \(context.configuration.name) has come with the instance name \(instance) \
                and has taken this one's place; give each a name of its own
                """, underlying: error)
        } catch let error as KafkaError {
            throw ConsumerError(.kafka, "the Kafka client can't go on", underlying: error)
        }
    }

    /// Finishes what is in flight and gives all partitions up.
    func drain() async {
        await finishWork(on: Array(processors.values))
        await context.committer.flush()
        processors = [:]
        state.own([])
    }

    private func handle(_ event: KafkaConsumerEvent) async throws {
        switch event {
        case .messages(let partition, let records):
            processors[PartitionID(partition)]?.receive(records)
            // One that is paused keeps what it gets, but a busy one must not wait for the end of the poll.
            schedule()
        case .assigned(let partitions): try await assigned(partitions.map { PartitionID($0) })
        case .revoked(let partitions, let lost): await revoked(partitions.map { PartitionID($0) }, lost: lost)
        case .endOfPartition: break
        case .error(let error): try report(error)
        }
    }

    private func report(_ error: KafkaError) throws {
        if error.isFatal || error.code == .fatal || error.code == .fenced { throw error }
        switch error.code {
        case .autoOffsetReset, .offsetOutOfRange:
            // Which partition it is about is not said: all are looked at.
            for processor in processors.values { processor.requireResolve() }
        case .allBrokersDown: state.brokerAnswered(false)
        default: break
        }
        context.logger.log(
            level: error.isRetriable ? .warning : .error, "Kafka reports trouble", metadata: ["error": "\(error)"])
    }

    // MARK: Rebalances

    private func assigned(_ partitions: [PartitionID]) async throws {
        var places: [KafkaTopicPartitionOffset] = []
        var positions: [PartitionID: PartitionPosition] = [:]
        if !partitions.isEmpty { positions = await place(partitions) }
        for (partition, position) in positions {
            context.committer.own(partition)
            processors[partition] = Processor(partition, position: position, context: context)
            places.append(
                KafkaTopicPartitionOffset(KafkaTopicPartition(partition), .offset(position.nextOffset)))
        }
        do {
            try await kafka.completeAssign(places)
        } catch {
            context.logger.warning(
                "the group moved on before its partitions were taken over", metadata: ["error": "\(error)"])
            for partition in positions.keys { forget(partition) }
        }
        state.brokerAnswered()
        state.own(Array(processors.values))
        context.metrics.partitions.set(processors.count)
        // Whoever had them before may have left answers out of date.
        if !partitions.isEmpty { context.refresher?.requestSweep() }
        context.logger.info(
            "partitions assigned",
            metadata: [
                "partitions": "\(partitions.map(\.description).sorted().joined(separator: " "))",
                "owned": "\(processors.count)",
            ])
    }

    /// Looks up where partitions go on, for as long as it takes.
    private func place(_ partitions: [PartitionID]) async -> [PartitionID: PartitionPosition] {
        var failures = 0
        while !state.isDraining, !Task.isCancelled {
            state.moved()
            do {
                let known = try await context.store.positions(of: partitions)
                state.databaseAnswered()
                var positions: [PartitionID: PartitionPosition] = [:]
                for partition in partitions {
                    positions[partition] = try await resolve(partition, known: known[partition])
                }
                return positions
            } catch {
                failures += 1
                if error is PQError { state.databaseAnswered(false) } else { state.brokerAnswered(false) }
                context.logger.log(
                    level: failures == 1 ? .error : .debug,
                    "it can't be found out where partitions go on; trying again", metadata: ["error": "\(error)"])
                try? await Task.sleep(for: context.stallBackoff.delay(afterFailures: failures))
            }
        }
        return [:]
    }

    private func resolve(_ partition: PartitionID, known: PartitionPosition?) async throws -> PartitionPosition {
        let topicPartition = KafkaTopicPartition(partition)
        return try await placement.resolve(
            partition, known: known, watermarks: try await kafka.watermarks(of: topicPartition)
        ) {
            guard case .offset(let offset)? = try await kafka.committed([topicPartition]).first?.offset else {
                return nil
            }
            return offset
        }
    }

    private func revoked(_ partitions: [PartitionID], lost: Bool) async {
        await finishWork(on: partitions.compactMap { processors[$0] })
        if !lost { await context.committer.flush() }
        for partition in partitions { forget(partition) }
        do {
            try await kafka.completeRevoke(partitions.map { KafkaTopicPartition($0) })
        } catch {
            context.logger.warning(
                "the group moved on before its partitions were given up", metadata: ["error": "\(error)"])
        }
        state.own(Array(processors.values))
        context.metrics.partitions.set(processors.count)
        context.logger.info(
            lost ? "partitions lost" : "partitions given up",
            metadata: [
                "partitions": "\(partitions.map(\.description).sorted().joined(separator: " "))",
                "owned": "\(processors.count)",
            ])
    }

    private func forget(_ partition: PartitionID) {
        processors[partition]?.revoke()
        processors[partition] = nil
        paused.remove(partition)
        context.committer.forget(partition)
        context.metrics.lag.remove(partition.topic, "\(partition.partition)")
    }

    /// Begins nothing new on partitions and waits until what is in flight is done; in the end it is rolled back. The
    /// database keeps a straggler from doing harm in any case.
    private func finishWork(on processors: [Processor]) async {
        for processor in processors { processor.revoke() }
        let deadline = ContinuousClock.now + context.configuration.drainTimeout
        for processor in processors {
            guard !(await processor.waitUntilIdle(atMost: max(.zero, deadline - .now))) else { continue }
            context.logger.warning(
                "a batch takes longer than the drain timeout and is rolled back",
                metadata: ["topic": "\(processor.id.topic)", "partition": "\(processor.id.partition)"])
            processor.abort()
            _ = await processor.waitUntilIdle(atMost: .seconds(5))
        }
    }

    // MARK: Turns

    /// Sets partitions to where the database says that they go on, after that has been moved.
    private func resolveWhereNeeded() async throws {
        let now = ContinuousClock.now
        for (partition, processor) in processors where processor.mustResolve(at: now) {
            do {
                let known = try await context.store.positions(of: [partition])[partition]
                let position = try await resolve(partition, known: known)
                try await kafka.seek([
                    KafkaTopicPartitionOffset(KafkaTopicPartition(partition), .offset(position.nextOffset))
                ])
                processor.resolved(position)
            } catch {
                processor.resolveFailed(error)
            }
        }
    }

    private func schedule() {
        let now = ContinuousClock.now
        for processor in processors.values where processor.claimPlaceInQueue(at: now) { queue.push(processor) }
    }

    /// Keeps what waits in memory within its bounds.
    ///
    /// To stop polling for a moment costs nothing. A pause costs what was fetched ahead, so it is for partitions that
    /// don't get on; the poll must go on then, for the group and for the others.
    private func balanceLoad() async throws {
        // The other half is what is fetched ahead.
        let limit = context.configuration.bufferedBytes / 2
        let share = max(limit / max(1, processors.count), 256 << 10)
        defer { context.metrics.pausedPartitions.set(paused.count) }
        func isFull(_ processor: Processor, by factor: Int = 1) -> Bool { processor.bufferedBytes > share / factor }
        let deadline = ContinuousClock.now + .milliseconds(200)
        while !state.isDraining, processors.values.reduce(0, { $0 + $1.bufferedBytes }) > limit {
            let full = processors.filter { !paused.contains($0.key) && isFull($0.value) }.map(\.key)
            if full.isEmpty { break }
            guard ContinuousClock.now < deadline else {
                try await kafka.pause(full.map { KafkaTopicPartition($0) })
                paused.formUnion(full)
                break
            }
            await progress.wait(atMost: .milliseconds(20))
            schedule()
        }
        let free = paused.filter { partition in processors[partition].map { !isFull($0, by: 2) } ?? true }
        guard !free.isEmpty else { return }
        paused.subtract(free)
        try await kafka.resume(free.filter { processors[$0] != nil }.map { KafkaTopicPartition($0) })
    }
}

extension PartitionID {
    init(_ partition: KafkaTopicPartition) {
        self.init(topic: partition.topic, partition: partition.partition)
    }
}

extension KafkaTopicPartition {
    init(_ partition: PartitionID) { self.init(partition.topic, partition.partition) }
}
