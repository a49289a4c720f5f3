import FoundationEssentials
import LibPQ
import LibRDKafka
import OutboxTelemetry

/// One run of a rebuild, from the topics' beginning to the swap.
final class RebuildRun {
    /// Something moved while the swap was prepared: again.
    private struct NotYet: Error {
        var why: String
    }

    private let configuration: ConsumerConfiguration
    private let allowsMissingRecords: Bool
    private let store: RebuildStore
    private let reader: RebuildReader
    private let applier: RebuildApplier
    private let logger: Logger
    private let started = ContinuousClock.now
    private var total: Int64 = 0

    init(_ rebuild: ProjectionRebuild) throws {
        configuration = rebuild.configuration
        allowsMissingRecords = rebuild.allowsMissingRecords
        store = rebuild.store
        logger = rebuild.logger
        let shadows = store.projections.map { RoutedProjection($0.inSchema($0.shadowSchema)) }
        let eventTypes: Set<String> = shadows.reduce(into: []) { $0.formUnion($1.eventTypes) }
        reader = try RebuildReader(configuration, eventTypes: eventTypes, logger: logger)
        applier = RebuildApplier(
            applier: EventApplier(
                store: ConsumerStore(pool: store.pool, consumer: store.shadow), projections: shadows,
                usesCache: false, backoff: Backoff(base: configuration.retryBackoff, limit: .seconds(300)),
                maximumAttempts: configuration.maximumAttempts),
            batchSize: configuration.batchSize, parallelism: configuration.parallelism, logger: logger)
    }

    func close() async { await reader.close() }

    func work(_ progress: (RebuildProgress) -> Void) async throws -> RebuildReport {
        guard !(try await store.livePositions()).isEmpty else {
            throw ConsumerError(
                .rebuild,
                "the database has no offsets of a consumer \(store.live): there is nothing to rebuild before it has run"
            )
        }
        let discards = try await store.begin()
        try await follow(progress)
        try await applier.retryHolds(reader)
        try await store.analyze()
        let copied = try await store.copyInbox()
        var report = RebuildReport()
        var failures = 0
        while true {
            try await follow(progress)
            let before = reader.partitions
            do {
                try await swap(discards: discards, inboxCopied: copied, into: &report)
                break
            } catch let error where error is NotYet || (error as? PQError)?.sqlState == "55P03" {
                // 55P03: the lock was not to be had in time, with a long batch or a long query in its way.
                reader.restore(before)
                failures += 1
                logger.log(
                    level: failures % 10 == 0 ? .warning : .debug, "the swap has to wait",
                    metadata: ["attempts": "\(failures)", "reason": "\((error as? NotYet)?.why ?? "\(error)")"])
                try await Task.sleep(for: .milliseconds(Int.random(in: 50...500)))
            }
        }
        report.records = reader.done
        report.applied = reader.applied
        report.heldAggregates = reader.partitions.values.reduce(0) { $0 + $1.holds.holds.count }
        progress(RebuildProgress(done: reader.done, total: total))
        return report
    }

    /// Applies until all that the running consumer had applied at some moment has been.
    private func follow(_ progress: (RebuildProgress) -> Void) async throws {
        try await aim()
        var isLast = reader.isCaughtUp
        while true {
            try Task.checkCancellation()
            try await reader.fetch()
            try await applier.applyRound(reader)
            progress(RebuildProgress(done: reader.done, total: total))
            guard reader.isCaughtUp else { continue }
            // Much more may have come since the last look; at the second one only a little has.
            if isLast { return }
            isLast = true
            try await aim()
        }
    }

    /// Looks where the running consumer stands.
    private func aim() async throws {
        let live = try await store.livePositions()
        let new = try await reader.add(live)
        if !new.isEmpty {
            try await checkCompleteness(of: new)
            for partition in new {
                _ = try await applier.applier.store.setPosition(
                    of: partition.id, to: partition.start, replacing: nil)
            }
        }
        try reader.setTargets(live)
        if total == 0 { total = reader.total }
    }

    private func checkCompleteness(of partitions: [RebuildPartition]) async throws {
        var incomplete = partitions.filter { $0.start > 0 }.map { "\($0.id) begins at \($0.start)" }
        let topics = Set(partitions.map(\.id.topic))
        let settings = try await TopicRetention.read(topics, configuration, logger: logger)
        incomplete += settings.filter(\.isCompacted).map { "\($0.topic) is compacted" }
        guard !incomplete.isEmpty else { return }
        let what = incomplete.sorted().prefix(5).joined(separator: ", ")
        guard allowsMissingRecords else {
            throw ConsumerError(
                .rebuild,
                "the topics don't have all of their records any more, and the new tables would lack some: \(what)")
        }
        logger.warning("the topics don't have all of their records any more", metadata: ["topics": "\(what)"])
    }

    private func swap(discards: Int64, inboxCopied copied: Date, into report: inout RebuildReport) async throws {
        var lockedAt = ContinuousClock.now
        let staleAnswers = try await store.pool.withTransaction(retries: 0) { transaction in
            lockedAt = .now
            try await self.store.lockConsumers(in: transaction)
            let live = try await self.store.livePositions(in: transaction)
            guard Set(live.keys) == Set(self.reader.partitions.keys) else { throw NotYet(why: "new partitions") }
            guard try await self.store.discards(in: transaction) == discards else {
                throw ConsumerError(
                    .rebuild,
                    "dead letters were discarded while the rebuild ran, which does not know them; run it again")
            }
            try self.reader.setTargets(live)
            // The consumers wait: what is not there within this time has to come before the lock.
            let deadline = ContinuousClock.now + .seconds(2)
            while !self.reader.isCaughtUp {
                guard .now < deadline else { throw NotYet(why: "records that the consumer has applied don't come") }
                try await self.reader.fetch()
                for partition in self.reader.partitions.values where partition.isReady {
                    self.reader.replace(try await self.applier.apply(partition, in: transaction))
                }
            }
            return try await self.store.swap(inboxCopied: copied, in: transaction)
        }
        report.swapSeconds = (ContinuousClock.now - lockedAt) / .seconds(1)
        report.seconds = (ContinuousClock.now - started) / .seconds(1)
        report.staleAnswers = staleAnswers
    }
}
