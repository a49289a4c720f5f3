import OutboxTelemetry
import Synchronization

/// Takes, renews and releases this dispatcher's leases on lanes; the one task that does, so that what it tells the loop
/// is never older than what it has written.
///
/// It looks at the board once a second, which writes nothing, and writes when a third of the lease has passed or when
/// there is a lane to take or to release.
final class LeaseKeeper: Sendable {
    private let dispatcher: Dispatcher
    private let wakeUps: AsyncStream<Void>
    private let wakeUp: AsyncStream<Void>.Continuation

    private struct Requests {
        /// Lanes to release, with the epochs under which they were owned.
        var releasing: [Int: Int64] = [:]
        var isLeaving = false
    }
    private let requests = Mutex(Requests())

    /// What the next step goes on from.
    private struct Progress {
        var lastWrite: ContinuousClock.Instant?
        var leasedUntil = ContinuousClock.now
        var hasWarnedOfLanes = false
    }

    /// How often it looks at the board, at least.
    private static let lookInterval: Duration = .seconds(1)
    /// How often while lanes are moving to it or from it.
    private static let moveInterval: Duration = .milliseconds(200)

    init(dispatcher: Dispatcher) {
        self.dispatcher = dispatcher
        (wakeUps, wakeUp) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Hands lanes over that have nothing in flight and won't be claimed any more.
    func release(_ lanes: [Int: Int64]) {
        requests.withLock { $0.releasing.merge(lanes) { $1 } }
        wakeUp.yield()
    }

    /// From now on this instance has no share: others take its lanes as it releases them.
    func leave() {
        requests.withLock { $0.isLeaving = true }
        wakeUp.yield()
    }

    /// Works until its task is cancelled.
    func run() async {
        var progress = Progress()
        let timer = WakeUpTimer { [wakeUp] in wakeUp.yield() }
        wakeUp.yield()
        for await _ in wakeUps {
            var pause: Duration = .milliseconds(500)
            do {
                pause = try await step(&progress)
                dispatcher.databaseAnswered()
            } catch {
                dispatcher.databaseFailed(error)
            }
            if Task.isCancelled { return }
            timer.set(after: pause)
        }
    }

    /// - Returns: when to look again.
    private func step(_ progress: inout Progress) async throws -> Duration {
        let store = dispatcher.store
        let lease = dispatcher.configuration.lease
        let requests = requests.withLock { $0 }
        let board = try await store.leaseBoard()
        if progress.lastWrite != nil, let here = board.dispatcher(store.instance),
            here.incarnation != store.incarnation
        {
            dispatcher.isReplaced()
            return lease
        }
        warn(of: board, &progress)
        let plan = LeasePlan(
            board: board, instance: store.instance, isLeaving: requests.isLeaving,
            releasing: Set(requests.releasing.keys))
        let isDue = progress.lastWrite.map { .now - $0 >= lease / 3 } ?? true
        var epochs = board.lanes(of: store.instance)
        if isDue || !plan.take.isEmpty || !requests.releasing.isEmpty {
            let isFirst = progress.lastWrite == nil
            let start = ContinuousClock.now
            epochs = try await store.renewLeases(
                for: lease, taking: plan.take, releasing: requests.releasing, isFirst: isFirst,
                isLeaving: requests.isLeaving)
            progress.lastWrite = start
            // By our own clock the lease ends a little before the database's end of it.
            progress.leasedUntil = start + lease * 9 / 10
            if isFirst { try? await store.forgetDispatchers() }
            self.requests.withLock { now in
                for lane in requests.releasing.keys { now.releasing[lane] = nil }
            }
        }
        let standing = DispatcherState.Standing(
            isDrained: progress.lastWrite != nil && board.dispatcher(store.instance)?.isDrained ?? false,
            lanesOwned: epochs.count, isLeased: true)
        dispatcher.metrics.dispatchers.set(Double(board.dispatchers.count { $0.isLive }))
        dispatcher.send(
            .leased(epochs: epochs, until: progress.leasedUntil, surplus: plan.surplus, standing: standing))
        return min(lease / 3, plan.isSettled ? Self.lookInterval : Self.moveInterval)
    }

    private func warn(of board: LeaseBoard, _ progress: inout Progress) {
        let stranger = board.dispatchers.first { $0.isLive && $0.lanes != board.lanes.count }
        if let stranger, !progress.hasWarnedOfLanes {
            dispatcher.logger.warning(
                "another dispatcher works with another number of lanes: until they agree, events may be published twice",
                metadata: ["instance": "\(stranger.instance)", "lanes": "\(stranger.lanes)"])
        }
        progress.hasWarnedOfLanes = stranger != nil
    }
}
