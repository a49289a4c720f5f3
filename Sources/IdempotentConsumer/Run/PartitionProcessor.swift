import FoundationEssentials
import LibPQ
import OutboxTelemetry
import Synchronization

/// Works on one partition: carries out what its state machine decides, one piece of work at a time.
final class PartitionProcessor<Record: ReadableRecord>: Sendable {
    typealias Machine = PartitionStateMachine<Record>

    private struct State {
        var machine: Machine
        var holds: PartitionHolds
        var reader: EventReader
        /// Offsets of malformed records that are on the dead-letter topic, of batches not yet committed.
        var buried: Set<Int64> = []
        var stall: String?
        /// How many of the last batch's events had been applied before: the next one is likely to be like it.
        var duplicates = Duplicates.none
        /// Whether it stands in the queue of partitions with something to do.
        var isQueued = false
        /// Pieces of work under way: one at most, but for those that are done and only have to be told about.
        var steps = 0
        var inFlight: Task<ApplyOutcome, any Error>?
    }

    private enum Duplicates {
        case none, some, all
    }

    let id: PartitionID
    let context: PartitionContext
    private let state: Mutex<State>
    private let ended = Signal()

    /// - Parameters:
    ///   - position: where the database says the partition stands.
    init(_ id: PartitionID, position: PartitionPosition, context: PartitionContext) {
        self.id = id
        self.context = context
        state = Mutex(
            State(
                machine: Machine(
                    nextOffset: position.nextOffset, batchSize: context.configuration.batchSize,
                    backoff: context.stallBackoff),
                holds: .none, reader: EventReader(eventTypes: context.eventTypes)))
        // Holds are read by the first piece of work, which may be nothing but that.
        state.withLock { $0.machine.scheduleHolds(at: .now) }
    }

    // MARK: What the loop asks

    /// Takes records in.
    func receive(_ records: [Record]) {
        state.withLock { state in
            state.machine.receive(
                records.lazy.map { Machine.Entry(record: $0, offset: $0.offset, byteCount: $0.byteCount) })
        }
    }

    /// Whether it should be put in the queue of partitions with something to do; once, until its ``step()``.
    func claimPlaceInQueue(at now: ContinuousClock.Instant) -> Bool {
        state.withLock { state in
            guard !state.isQueued, state.machine.isReady(at: now) else { return false }
            state.isQueued = true
            return true
        }
    }

    func mustResolve(at now: ContinuousClock.Instant) -> Bool { state.withLock { $0.machine.mustResolve(at: now) } }

    /// Reading goes on at an offset, to which the reader has been set.
    func resolved(_ position: PartitionPosition) {
        state.withLock { state in
            state.machine.resolved(nextOffset: position.nextOffset)
            state.stall = nil
        }
    }

    /// It could not be found out where reading goes on: again, later.
    func resolveFailed(_ error: any Error) { failed(error, isolating: true) }

    /// What is in memory is not to be trusted any more.
    func requireResolve() { state.withLock { $0.machine.requireResolve() } }

    /// Somebody else may have changed the partition's holds.
    func holdsMayHaveChanged(to version: Int64) {
        state.withLock { state in
            if version != state.holds.version { state.machine.scheduleHolds(at: .now) }
        }
    }

    var bufferedBytes: Int { state.withLock { $0.machine.bufferedBytes } }
    var bufferedRecords: Int { state.withLock { $0.machine.bufferedRecords } }
    var nextOffset: Int64 { state.withLock { $0.machine.nextOffset } }
    var heldAggregates: Int { state.withLock { $0.holds.holds.count } }
    /// Why the partition waits, if it does for something other than an event.
    var stall: String? { state.withLock { $0.machine.isStalled ? $0.stall ?? "" : nil } }

    /// Gives the partition up: nothing new begins.
    func revoke() { state.withLock { $0.machine.revoke() } }

    /// Has what is in flight rolled back, unless it is done already.
    func abort() { state.withLock { $0.inFlight }?.cancel() }

    /// Waits until nothing is in flight any more, and what was done has been told to the cache and the committer.
    /// - Returns: whether that was so in time.
    func waitUntilIdle(atMost limit: Duration) async -> Bool {
        let deadline = ContinuousClock.now + limit
        while state.withLock({ $0.steps > 0 }) {
            guard ContinuousClock.now < deadline else { return false }
            await ended.wait(atMost: min(.milliseconds(100), deadline - .now))
        }
        return true
    }

    // MARK: Work

    /// Does the next piece of work, if there is one.
    /// - Throws: what a test's fault hook throws, and nothing else.
    func step() async throws {
        let (work, expected, holds) = state.withLock { state in
            state.isQueued = false
            state.steps += 1
            return (state.machine.begin(at: .now), state.machine.nextOffset, state.holds)
        }
        defer {
            state.withLock { $0.steps -= 1 }
            ended.raise()
        }
        switch work {
        case .apply(let entries, let isolating):
            try await attempt(isolating: isolating) {
                try await self.apply(entries, expected: expected, holds: holds, isolating: isolating)
            }
        case .retryHolds:
            // Isolating, since no failure of it may be put down to an event once more.
            try await attempt(isolating: true) { try await self.retryHolds(holds) }
        case nil: break
        }
    }

    private func attempt(
        isolating: Bool, _ body: @escaping @Sendable () async throws -> ApplyOutcome
    ) async throws {
        // A task of its own, so that this partition's work can be cancelled without the worker.
        let task = Task { try await body() }
        state.withLock { $0.inFlight = task }
        defer { state.withLock { $0.inFlight = nil } }
        let outcome: ApplyOutcome
        do {
            outcome = try await withTaskCancellationHandler {
                try await task.value
            } onCancel: {
                task.cancel()
            }
        } catch {
            failed(error, isolating: isolating)
            return
        }
        context.databaseAnswered()
        try await context.hooks.afterDatabaseCommit?()
        state.withLock { state in
            state.holds = outcome.holds
            state.machine.scheduleHolds(at: outcome.holds.nextRetry)
            state.machine.finish(nextOffset: outcome.position.nextOffset)
            state.buried = state.buried.filter { $0 >= outcome.position.nextOffset }
            state.stall = nil
        }
        await publish(outcome)
    }

    private func apply(
        _ entries: [Machine.Entry], expected: Int64, holds: PartitionHolds, isolating: Bool
    ) async throws -> ApplyOutcome {
        let start = ContinuousClock.now
        let duplicates = state.withLock { $0.duplicates }
        let ids = duplicates == .none ? nil : entries.map { EventReader.eventID(of: $0.record) }
        let outcome: ApplyOutcome
        if duplicates == .all, let ids,
            let position = try await passOver(entries, ids, expected: expected, holdsVersion: holds.version)
        {
            outcome = ApplyOutcome(position: position, holds: holds, duplicates: entries.count)
        } else {
            outcome = try await apply(entries, ids: ids, expected: expected, holds: holds, isolating: isolating)
        }
        let found = outcome.duplicates
        state.withLock { $0.duplicates = found == 0 ? .none : found < entries.count ? .some : .all }
        context.metrics.batchSeconds.observe(ContinuousClock.now - start)
        context.metrics.batchEvents.observe(Double(entries.count))
        return outcome
    }

    /// - Parameter ids: the events' ids where some are likely to have taken effect.
    private func apply(
        _ entries: [Machine.Entry], ids: [UUID?]?, expected: Int64, holds: PartitionHolds, isolating: Bool
    ) async throws -> ApplyOutcome {
        let new = if let ids { try await withoutApplied(entries, ids) } else { entries }
        let read = state.withLock { state in ReadRecords(new, reader: &state.reader) }
        try await bury(read.malformed)
        let batch = EventBatch(
            partition: id, events: read.events, nextOffset: entries.last.map { $0.offset + 1 } ?? expected,
            mayHaveDuplicates: ids != nil
        ) { offset in
            entries.first { $0.offset == offset }?.record.stored
        }
        var outcome = try await context.applier.apply(
            batch, expected: expected, holds: holds, isolating: isolating)
        outcome.duplicates += entries.count - new.count
        for (type, count) in read.unknown { context.metrics.skipped.labels(type).increment(by: count) }
        return outcome
    }

    /// Writes malformed records to the dead-letter topic, those that are not there yet.
    private func bury(_ malformed: [(record: Record, malformation: Malformation)]) async throws {
        guard !malformed.isEmpty else { return }
        let buried = state.withLock { $0.buried }
        let letters = malformed.filter { !buried.contains($0.record.offset) }.map { record, malformation in
            DeadLetterRecord(
                message: record.stored, reason: .malformed, error: "\(malformation)", attempts: 1)
        }
        guard !letters.isEmpty else { return }
        try await context.deadLetters.write(letters)
        state.withLock { $0.buried.formUnion(letters.map(\.message.offset)) }
        context.metrics.deadLetters.labels(DeadLetterRecord.Reason.malformed.rawValue).increment(by: letters.count)
        for letter in letters {
            context.logger.error(
                "malformed record; it is on the dead-letter topic",
                metadata: [
                    "topic": "\(id.topic)", "partition": "\(id.partition)", "offset": "\(letter.message.offset)",
                    "reason": "\(letter.error)",
                ])
        }
    }

    /// Tries the aggregates on hold whose time has come, one after the other.
    private func retryHolds(_ known: PartitionHolds) async throws -> ApplyOutcome {
        var total = try await context.store.pool.withTransaction { transaction in
            try await context.applier.begin(id, holds: known, in: transaction)
        }
        let reader = HeldReader(eventTypes: context.eventTypes)
        do {
            for aggregate in total.holds.due(at: .now) {
                // Whoever takes the partition over goes on with the others.
                if state.withLock({ $0.machine.isRevoked }) { break }
                try await retry(aggregate, into: &total, reader: reader)
            }
        } catch {
            // What took effect before has to be told all the same.
            await publish(total)
            throw error
        }
        return total
    }

    private func retry(_ aggregate: AggregateKey, into total: inout ApplyOutcome, reader: HeldReader) async throws {
        let retried = try await context.applier.retry(
            aggregate, of: id, holds: total.holds, limit: context.configuration.batchSize, read: reader.read)
        total.add(retried.outcome)
        guard let letter = retried.deadLetter else { return }
        do {
            try await context.deadLetters.write([
                DeadLetterRecord(
                    message: letter.held.message, reason: .failed, error: letter.reason, attempts: letter.attempts)
            ])
        } catch {
            // The event is safe in the database, so nothing else has to wait for the dead-letter topic.
            context.metrics.retries.labels("dead_letter").increment()
            context.logger.error(
                "dead letter could not be written; trying again",
                metadata: ["topic": "\(id.topic)", "offset": "\(letter.held.message.offset)", "error": "\(error)"])
            total.holds.holds[aggregate]?.retryAt = .now + context.configuration.maximumBackoff
            return
        }
        context.metrics.deadLetters.labels(DeadLetterRecord.Reason.failed.rawValue).increment()
        context.logger.error(
            "event can't be applied; it is on the dead-letter topic",
            metadata: [
                "topic": "\(id.topic)", "partition": "\(id.partition)", "offset": "\(letter.held.message.offset)",
                "aggregate_type": "\(aggregate.type)", "aggregate_id": "\(aggregate.id)",
                "attempts": "\(letter.attempts)", "reason": "\(letter.reason)",
                "policy": "\(context.configuration.deadLetterPolicy)",
            ])
        total.add(
            try await context.applier.bury(
                letter, of: aggregate, id, holds: total.holds, policy: context.configuration.deadLetterPolicy,
                read: reader.read))
    }

    /// Says what happened, and has the cache refreshed; then Kafka may know.
    private func publish(_ outcome: ApplyOutcome) async {
        let metrics = context.metrics
        let now = WallClock.now
        var counts: [String: Int] = [:]
        var times: [Double] = []
        times.reserveCapacity(outcome.applied.count)
        for event in outcome.applied {
            counts[event.eventType, default: 0] += 1
            guard let occurredAt = event.occurredAt else { continue }
            times.append(occurredAt.timeIntervalSince1970)
            metrics.appliedDelay.observe(max(0, now - occurredAt.timeIntervalSince1970))
        }
        for (type, count) in counts { metrics.applied.labels(type).increment(by: count) }
        metrics.duplicates.increment(by: outcome.duplicates)
        metrics.held.increment(by: outcome.held)
        for failure in outcome.failures {
            context.logger.warning(
                "event failed; its aggregate is on hold",
                metadata: [
                    "topic": "\(id.topic)", "partition": "\(id.partition)", "offset": "\(failure.event.offset)",
                    "event_id": "\(failure.event.eventID)", "event_type": "\(failure.event.eventType)",
                    "aggregate_type": "\(failure.event.aggregateType)",
                    "aggregate_id": "\(failure.event.aggregateID)", "reason": "\(failure.reason)",
                ])
        }
        let ticket = CacheRefresher.Ticket(
            partition: id, nextOffset: outcome.position.nextOffset, occurredAt: times)
        if let refresher = context.refresher, !outcome.touchedKeys.isEmpty {
            await refresher.submit(outcome.touchedKeys, ticket)
        } else {
            context.committer.note(id, nextOffset: outcome.position.nextOffset)
        }
    }

    private func failed(_ error: any Error, isolating: Bool) {
        let failure: Machine.Failure
        if error is OvertakenError {
            failure = .overtaken
        } else {
            // What fails while events are told apart is not one event's fault.
            failure = isolating || FailureKind.isTransient(error) || error is ConsumerError ? .transient : .event
        }
        var generator = SystemRandomNumberGenerator()
        let failures = state.withLock { state in
            state.machine.fail(failure, at: .now, using: &generator)
            state.stall = EventFailure.reason(of: error)
            return state.machine.transientFailures
        }
        guard !Task.isCancelled, !(error is CancellationError) else { return }
        context.metrics.retries.labels("\(failure)").increment()
        guard failure != .event else { return }
        context.logger.log(
            level: failures == 1 || failures % 20 == 0 || failure == .overtaken ? .error : .debug,
            failure == .overtaken
                ? "the partition's offset was moved by somebody else; reading goes on there"
                : "batch could not be applied; trying again",
            metadata: [
                "topic": "\(id.topic)", "partition": "\(id.partition)", "failures": "\(failures)", "error": "\(error)",
            ])
    }
}
