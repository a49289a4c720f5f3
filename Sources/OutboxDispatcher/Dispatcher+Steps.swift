import LibPQ
import OutboxTelemetry
import Synchronization

// The three steps of a lane, as the loop starts them.
extension Dispatcher {
    func claim(
        lanes: [Int], epochs: [Int64], limit: ClaimLimit, without filter: ClaimFilter
    ) async -> DispatchSignal {
        do {
            let start = ContinuousClock.now
            let events = try await store.claim(lanes: lanes, limit: limit, without: filter)
            metrics.claimSeconds.observe(.now - start)
            databaseAnswered()
            return .claimed(events, lanes: lanes, epochs: epochs, limit: limit)
        } catch {
            databaseFailed(error)
            return .claimFailed(lanes: lanes)
        }
    }

    /// Sends a lane's batch and says what became of it: first of all that the lane waits for, then, as they come, of
    /// parts that it did not wait for.
    func publish(
        _ lane: ClaimedEvents.Lane, epoch: Int64, isCautious: Bool, through publisher: Publisher
    ) async {
        metrics.claimRows.increment(by: lane.rows.count)
        let start = ContinuousClock.now
        let hasFailedBefore = lane.rows.contains { lane.events.retryCount($0) > 0 }
        let isCautious = isCautious || hasFailedBefore || publisher.isTrying(lane: lane.lane)
        let slot: ProducerSlot
        do {
            slot = try await publisher.enterSlot(isCautious ? .cautious : .regular)
        } catch {
            return send(.published(LaneOutcome(lane: lane.lane, epoch: epoch, isUnfinished: true)))
        }
        let headers = EventHeaders(
            style: configuration.headerStyle, cloudEventsSource: configuration.cloudEventsSource)
        let publication = LanePublication(
            lane: lane, epoch: epoch, slot: slot, publisher: publisher, headers: headers)
        let flight = await publication.send()
        if let changes = flight.waitsAfter { await slot.knownPartitions.change(after: changes) }
        let id = publisher.traffic.withLock { $0.add(flight) }
        await withDiscardingTaskGroup { group in
            for (index, part) in flight.parts.enumerated() {
                group.addTask {
                    let outcome = await part.outcome(publisher)
                    guard let late = flight.returned(index, outcome) else { return }
                    publisher.traffic.withLock { $0.returned(part) }
                    self.send(.late(late))
                }
            }
            let outcome = await flight.outcome()
            metrics.publishSeconds.observe(.now - start)
            send(.published(outcome))
        }
        publisher.traffic.withLock { $0.remove(id) }
        await slot.leave()
    }

    /// Settles lanes' outcomes: the acknowledged events in one statement, failures lane by lane.
    func settle(_ outcomes: [LaneOutcome]) async -> DispatchSignal {
        var waiting = outcomes
        var done: [LaneOutcome] = []
        var marked: [LaneOutcome] = []
        do {
            let start = ContinuousClock.now
            let withSettled = outcomes.filter { !$0.settled.isEmpty }
            var lost: Set<Int> = []
            if try await settleTogether(withSettled) {
                marked = withSettled
                for index in waiting.indices { waiting[index].settled = [] }
            } else {
                // One of the lanes is another's by now; the rest still are ours.
                for (index, outcome) in outcomes.enumerated() where !outcome.settled.isEmpty {
                    if try await settleTogether([outcome]) {
                        marked.append(outcome)
                    } else {
                        lost.insert(outcome.lane)
                    }
                    waiting[index].settled = []
                }
            }
            for outcome in outcomes {
                if !outcome.failures.isEmpty, !lost.contains(outcome.lane) { try await fail(outcome) }
                waiting.removeFirst()
                done.append(outcome)
            }
            metrics.settleSeconds.observe(.now - start)
            databaseAnswered()
            return .settled(outcomes, marked: marked)
        } catch {
            databaseFailed(error)
            return .settleFailed(waiting, done: done, marked: marked)
        }
    }

    private func settleTogether(_ outcomes: [LaneOutcome]) async throws -> Bool {
        if outcomes.isEmpty { return true }
        var sequences: [Int64] = []
        sequences.reserveCapacity(outcomes.reduce(0) { $0 + $1.settled.count })
        for outcome in outcomes { for event in outcome.settled { sequences.append(event.sequence) } }
        return try await store.settle(sequences, lanes: outcomes.map(\.lane), epochs: outcomes.map(\.epoch))
    }

    private func fail(_ outcome: LaneOutcome) async throws {
        let backoff = Backoff(base: configuration.backoffBase)
        let delays = outcome.failures.map {
            backoff.delay(retryCount: $0.retryCount, jitter: Double.random(in: 0..<1))
        }
        let failed = try await store.fail(
            outcome.failures, delays: delays, lane: outcome.lane, epoch: outcome.epoch)
        let bySequence = Dictionary(
            outcome.failures.map { ($0.sequence, $0) }, uniquingKeysWith: { first, _ in first })
        for result in failed {
            guard let failure = bySequence[result.sequence] else { continue }
            metrics.failure.increment()
            if !result.isParked { metrics.retry.increment() }
            metrics.byResult.labels(result.isParked ? "error" : "retry", failure.eventType).increment()
            let message =
                result.isParked
                ? "event parked; its aggregate waits for an operator" : "event failed; its aggregate is on hold"
            logger.log(
                level: result.isParked ? .error : .warning, "\(message)",
                metadata: [
                    "event_id": "\(failure.eventID)", "event_type": "\(failure.eventType)",
                    "aggregate_type": "\(failure.aggregateType)", "aggregate_id": "\(failure.aggregateID)",
                    "sequence": "\(failure.sequence)", "retry_count": "\(result.retryCount)",
                    "reason": "\(failure.reason)",
                ])
        }
    }

    /// Counts what was settled of one lane.
    func count(_ outcome: LaneOutcome, violations: Int) {
        guard !outcome.settled.isEmpty else { return }
        metrics.success.increment(by: outcome.settled.count)
        for (eventType, count) in outcome.countsByType {
            metrics.byResult.labels("success", eventType).increment(by: count)
        }
        logger.debug("batch settled", metadata: ["lane": "\(outcome.lane)", "events": "\(outcome.settled.count)"])
        guard violations > 0 else { return }
        metrics.orderViolation.increment(by: violations)
        logger.warning(
            "events were committed after later ones of their aggregate; their writers don't lock it",
            metadata: ["lane": "\(outcome.lane)", "events": "\(violations)"])
    }

    func stands(_ standing: DispatcherState.Standing) {
        metrics.lanesOwned.set(Double(standing.lanesOwned))
        state.withLock { $0.standing = standing }
    }

    /// Another process was started under this one's name and has taken its lanes over.
    func isReplaced() {
        let failure = DispatcherError(
            .replaced,
            "another dispatcher was started under the name \(configuration.instance), and this one stops; each needs a "
                + "name of its own (OUTBOX_INSTANCE)")
        let isNews = state.withLock { state in
            defer { state.failure = failure }
            return state.failure == nil
        }
        guard isNews else { return }
        logger.error("\(failure.message)")
        send(.leased(epochs: [:], until: .now, surplus: 0, standing: DispatcherState.Standing()))
        drain()
    }

    func databaseAnswered() {
        guard state.withLock({ $0.databaseAnswered() }) else { return }
        metrics.outage.labels("postgres").set(0)
        logger.notice("the database answers again")
    }

    func databaseFailed(_ error: any Error) {
        if error is CancellationError || (error as? PQError)?.code == .cancelled { return }
        guard state.withLock({ $0.databaseFailed(error as? PQError) }) else { return }
        metrics.outage.labels("postgres").set(1)
        logger.error("the database gives no progress; everything waits for it", metadata: ["error": "\(error)"])
    }
}
