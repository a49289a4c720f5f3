import FoundationEssentials
import LibRDKafka
import Outbox
import OutboxTelemetry
import Synchronization

/// One replay from its beginning to its end: page after page, each acknowledged before the next is read.
final class ReplayRun: Sendable {
    /// How long a stop waits for what is in flight.
    private static let patience: Duration = .seconds(10)
    /// How much is read at once, unless the rate is low.
    private static let pageEvents = 500

    private let replay: EventReplay
    private let plan: ReplayPlan
    private let eventsPerSecond: Int
    private let progress: @Sendable (Int) -> Void
    private let replayID = UUIDv7.next()
    private let isStopRequested = Atomic(false)
    private let stopSignals: AsyncStream<Void>
    private let stopSignal: AsyncStream<Void>.Continuation

    init(
        _ replay: EventReplay, plan: ReplayPlan, eventsPerSecond: Int, progress: @escaping @Sendable (Int) -> Void
    ) {
        self.replay = replay
        self.plan = plan
        self.eventsPerSecond = eventsPerSecond
        self.progress = progress
        (stopSignals, stopSignal) = AsyncStream.makeStream()
    }

    /// Asks for the end. Returns at once.
    func stop() {
        isStopRequested.store(true, ordering: .relaxed)
        stopSignal.finish()
    }

    func run(actor: String, reason: String) async throws -> ReplayResult {
        let configuration = replay.configuration
        let admin = try KafkaAdmin(
            bootstrapServers: configuration.bootstrapServers, properties: configuration.kafkaProperties)
        let inquiry = TopicInquiry(admin: admin)
        let directory = TopicDirectory { topic in try await inquiry.state(of: topic) }
        do {
            try await checkTopics(directory)
            let publisher = try Publisher(
                configuration: configuration, directory: directory, logger: replay.logger,
                metrics: DispatchMetrics(prefix: "outbox_replay", registry: MetricsRegistry()))
            let result = try await run(publisher, actor: actor, reason: reason)
            await admin.close()
            return result
        } catch {
            await admin.close()
            throw error
        }
    }

    private func checkTopics(_ directory: TopicDirectory) async throws {
        var problems: [String] = []
        for aggregateType in Set(plan.lines.map(\.aggregateType)).sorted() {
            switch replay.configuration.topicTemplate.topic(for: aggregateType) {
            case .failure(let invalid): problems.append(invalid.reason)
            case .success(let topic):
                if case .unusable(let reason) = try await directory.state(of: topic) { problems.append(reason) }
            }
        }
        guard problems.isEmpty else { throw DispatcherError(.topic, problems.joined(separator: "; ")) }
    }

    private func run(_ publisher: Publisher, actor: String, reason: String) async throws -> ReplayResult {
        var result = ReplayResult(replayID: replayID, planned: plan.events, lastSequence: plan.selection.after)
        let audit: ReplayAudit
        do {
            audit = try await ReplayAudit.begin(plan, result, actor: actor, reason: reason, pool: replay.pool)
        } catch {
            await publisher.close()
            throw error
        }
        let impatience = Task {
            for await _ in stopSignals {}
            try await Task.sleep(for: Self.patience)
            await publisher.abandon()
        }
        do {
            try await send(through: publisher, audit, &result)
        } catch {
            result.end = .failed
            result.problem = "\(error)"
        }
        impatience.cancel()
        await publisher.close()
        do {
            try await audit.note(result, isOver: true)
        } catch {
            replay.logger.error("the audit does not know how the replay ended", metadata: ["error": "\(error)"])
        }
        return result
    }

    // MARK: Sending

    private func send(through publisher: Publisher, _ audit: ReplayAudit, _ result: inout ReplayResult) async throws {
        let headers = EventHeaders(
            style: replay.configuration.headerStyle, cloudEventsSource: replay.configuration.cloudEventsSource,
            marks: [("replay_id", replayID.uuidString.lowercased()), ("replayed_at", RFC3339.format(.now))])
        // A tenth of a second's events at a time, so that a low rate is even and a stop is quick.
        let limit = min(max(1, eventsPerSecond / 10), Self.pageEvents)
        let started = ContinuousClock.now
        var noted = started
        var isCautious = false
        while !isStopRequested.load(ordering: .relaxed) {
            guard let page = try await replay.page(of: plan, after: result.lastSequence, limit: limit) else {
                result.end = .complete
                return
            }
            let due = started + .seconds(Double(result.sent) / Double(eventsPerSecond))
            try await Task.sleep(until: due, clock: .continuous)
            if isStopRequested.load(ordering: .relaxed) { return }
            let slot = try await publisher.enterSlot(isCautious ? .cautious : .regular)
            let publication = LanePublication(
                lane: page, epoch: 0, slot: slot, publisher: publisher, headers: headers)
            let outcome = await publication.run()
            await slot.leave()
            let count = Self.count(outcome, of: page, into: &result)
            progress(count)
            if let failure = outcome.failures.min(by: { $0.sequence < $1.sequence }) {
                result.end = .failed
                result.problem =
                    "the event \(failure.eventID) (\(failure.eventType), sequence \(failure.sequence)) can't be "
                    + "published: \(failure.reason)"
                return
            }
            if let reason = publisher.traffic.withLock({ $0.holds.reason }) {
                result.end = .failed
                result.problem = reason
                return
            }
            isCautious = outcome.hasSuspects
            if count == 0 { try await Task.sleep(for: .milliseconds(50)) }
            if .now - noted > .seconds(1) {
                try await audit.note(result, isOver: false)
                noted = .now
            }
        }
    }

    /// Counts the acknowledged events at the page's beginning. What is acknowledged behind one that is not will be sent
    /// once more: whatever is sent of an aggregate starts at or before its first event that was not acknowledged.
    ///
    /// - Returns: how many.
    private static func count(
        _ outcome: LaneOutcome, of page: ClaimedEvents.Lane, into result: inout ReplayResult
    ) -> Int {
        let acknowledged = Set(outcome.settled.map(\.sequence))
        var count = 0
        for row in page.rows {
            let sequence = page.events.sequence(row)
            guard acknowledged.contains(sequence) else { break }
            result.lastSequence = sequence
            count += 1
        }
        result.sent += Int64(count)
        return count
    }
}
