import OutboxTelemetry
import Synchronization

/// The dispatcher's loop: asks the lanes' state machine what to do, does it in child tasks, and tells the machine what
/// came of it. Claims, publications and settlements of different lanes overlap.
final class DispatchLoop {
    private let dispatcher: Dispatcher
    private let publisher: Publisher
    private let leases: LeaseKeeper
    private let signals: AsyncStream<DispatchSignal>
    private let signal: AsyncStream<DispatchSignal>.Continuation
    private let started = ContinuousClock.now

    private var machine: LaneStateMachine
    private var memory = SequenceMemory()
    private var lastSequence: Int64?
    private let watch: SequenceWatch
    private let timer: WakeUpTimer
    private var nextTimer: Duration?
    private var drainDeadline: Duration?
    private var databaseFailures = 0
    /// Lanes with a payload among their first events that is over its share of a claim's bytes.
    private var wideLanes: Set<Int> = []
    /// Lanes were lost of which records may still be on their way.
    private var hasLostLanes = false

    init(
        dispatcher: Dispatcher, publisher: Publisher, leases: LeaseKeeper, signals: AsyncStream<DispatchSignal>,
        signal: AsyncStream<DispatchSignal>.Continuation
    ) {
        self.dispatcher = dispatcher
        self.publisher = publisher
        self.leases = leases
        self.signals = signals
        self.signal = signal
        timer = WakeUpTimer { signal.yield(.timer) }
        var settings = LaneStateMachine.Settings()
        settings.batchSize = dispatcher.configuration.batchSize
        settings.interval = dispatcher.configuration.interval
        watch = SequenceWatch(pool: dispatcher.store.pool, interval: settings.probeInterval)
        machine = LaneStateMachine(lanes: dispatcher.configuration.lanes, settings: settings)
    }

    private var now: Duration { .now - started }

    func run() async {
        await withDiscardingTaskGroup { group in
            for await signal in signals {
                handle(signal, in: &group)
                dispatcher.state.withLock { $0.moved() }
                if await act(in: &group) { break }
            }
            // What no lane waits for any more would be waited for here.
            await publisher.abandon()
            group.cancelAll()
        }
    }

    // MARK: Doing

    /// - Returns: whether the loop is over.
    private func act(in group: inout DiscardingTaskGroup) async -> Bool {
        await giveUpWhatIsNoLongerOurs()
        while true {
            let now = now
            if let drainDeadline, now >= drainDeadline {
                dispatcher.logger.warning(
                    "the drain took too long; what is in flight is given up and will be published again later")
                await publisher.abandon()
                return true
            }
            switch machine.next(now: now) {
            case .claim(let lanes, let rows):
                let limit = ClaimLimit(rows: rows, lanes: lanes.count, isWide: !wideLanes.isDisjoint(with: lanes))
                let epochs = lanes.map { machine.lanes[$0].epoch }
                let filter = publisher.claimFilter(lanes: lanes)
                group.addTask { [dispatcher, signal] in
                    signal.yield(
                        await dispatcher.claim(lanes: lanes, epochs: epochs, limit: limit, without: filter))
                }
            case .settle:
                let outcomes = machine.takeOutcomes()
                group.addTask { [dispatcher, signal] in signal.yield(await dispatcher.settle(outcomes)) }
            case .release(let lanes):
                dispatcher.metrics.lanesReleased.increment(by: lanes.count)
                leases.release(
                    Dictionary(uniqueKeysWithValues: lanes.map { ($0, machine.lanes[$0].releasedEpoch) }))
            case .probe:
                group.addTask { [watch, signal, lastSequence] in
                    signal.yield(.probed(try? await watch.next(after: lastSequence)))
                }
            case .wait(let until):
                schedule(at: min(until, drainDeadline ?? until))
                return false
            case .stop:
                return true
            }
        }
    }

    private func schedule(at time: Duration) {
        guard time != nextTimer else { return }
        nextTimer = time
        timer.set(after: time - now)
    }

    /// A lease ran out before it could be renewed: what is in flight is thrown away, and claimed anew later.
    private func giveUpWhatIsNoLongerOurs() async {
        let owned = machine.ownedLanes
        if owned > 0, now >= machine.leasedUntil {
            machine.leaseLost()
            lost(owned)
            dispatcher.stands(DispatcherState.Standing())
        }
        if hasLostLanes { await publisher.abandon() }
        hasLostLanes = false
        // Only now: what belongs to an old lease must not go out under the new one.
        publisher.leaseDeadline.set(started + machine.leasedUntil)
    }

    private func lost(_ count: Int) {
        guard count > 0 else { return }
        hasLostLanes = true
        dispatcher.metrics.lanesLost.increment(by: count)
        dispatcher.logger.warning(
            "the lease on lanes ran out before it could be renewed; what is in flight will be published again",
            metadata: ["lanes": "\(count)"])
    }

    // MARK: What happened

    private func handle(_ signal: DispatchSignal, in group: inout DiscardingTaskGroup) {
        switch signal {
        case .leased(let epochs, let until, let surplus, let standing):
            let change = machine.leased(epochs, until: until - started, surplus: surplus)
            dispatcher.metrics.lanesTaken.increment(by: change.taken)
            lost(change.lost)
            dispatcher.stands(standing)
        case .claimed(let events, let lanes, let epochs, let limit):
            databaseFailures = 0
            publish(events, lanes: lanes, epochs: epochs, limit: limit, in: &group)
        case .claimFailed(let lanes):
            machine.claimFailed(lanes: lanes, now: now, retryAfter: pauseAfterDatabaseFailure())
        case .published(let outcome):
            machine.published(outcome, now: now)
        case .late(let outcome):
            if !machine.late(outcome) { publisher.lateSettled(outcome) }
        case .settled(let outcomes, let marked):
            databaseFailures = 0
            settled(outcomes, marked: marked)
        case .settleFailed(let outcomes, let done, let marked):
            settled(done, marked: marked)
            let forgotten = machine.settleFailed(outcomes, now: now, retryAfter: pauseAfterDatabaseFailure())
            for outcome in forgotten { publisher.lateSettled(outcome) }
        case .probed(let sequence):
            let moved = sequence != nil && sequence != lastSequence
            lastSequence = sequence ?? lastSequence
            machine.probed(moved: moved, now: now)
        case .nudge:
            dispatcher.state.withLock { $0.isNudged = false }
            machine.sign(now: now)
        case .drain:
            guard !machine.isDraining else { break }
            dispatcher.logger.info("draining")
            leases.leave()
            machine.drain()
            drainDeadline = now + dispatcher.configuration.drainTimeout
        case .timer:
            nextTimer = nil
        }
    }

    private func pauseAfterDatabaseFailure() -> Duration {
        databaseFailures += 1
        return min(.milliseconds(50) * (1 << min(databaseFailures, 6)), .seconds(2))
    }

    private func publish(
        _ events: ClaimedEvents, lanes: [Int], epochs: [Int64], limit: ClaimLimit, in group: inout DiscardingTaskGroup
    ) {
        let byLane = Dictionary(events.byLane().map { ($0.lane, $0) }, uniquingKeysWith: { first, _ in first })
        wideLanes.subtract(lanes)
        let claimed = zip(lanes, epochs).map { lane, epoch in
            let found = byLane[lane]
            if let found, found.isCut { wideLanes.insert(lane) }
            return LaneStateMachine.ClaimedLane(
                lane: lane, epoch: epoch, rows: found?.rows.count ?? 0, bytes: found?.bytes ?? 0,
                last: found?.last ?? 0,
                isFull: found.map { $0.isCut || $0.rows.count >= limit.rows || $0.bytes >= limit.bytes } ?? false)
        }
        for (lane, isCautious) in machine.claimed(claimed, now: now) {
            guard let events = byLane[lane] else { continue }
            let epoch = machine.lanes[lane].epoch
            group.addTask { [dispatcher, publisher] in
                await dispatcher.publish(events, epoch: epoch, isCautious: isCautious, through: publisher)
            }
        }
    }

    private func settled(_ outcomes: [LaneOutcome], marked: [LaneOutcome]) {
        machine.settled(lanes: outcomes.filter { $0.lateType == nil }.map(\.lane), now: now)
        for outcome in marked {
            let violations = outcome.settled.count { memory.settle($0) }
            dispatcher.count(outcome, violations: violations)
        }
        for outcome in outcomes { publisher.lateSettled(outcome) }
    }
}
