import LibPQ
import OutboxTelemetry
import QueryCache
import Synchronization

/// Brings cached answers up to date after the read model has changed.
///
/// Batches hand their keys in; what comes in while a refresh runs is refreshed together, each key once. Nothing rests on
/// this memory: the database knows which answers have not caught up, and a sweep finds those that a crash or a failure
/// left behind. Integration/Model/QueryCache.tla has its steps under the same names.
final class CacheRefresher: Sendable {
    /// A batch that is refreshed when its keys are.
    struct Ticket: Sendable {
        var partition: PartitionID
        var nextOffset: Int64
        /// When its events occurred, in seconds since 1970.
        var occurredAt: [Double]
    }

    private struct State {
        var keys = TouchedKeys()
        var tickets: [Ticket] = []
        var mustSweep = true
        var isFinished = false
        var failures = 0
    }

    private let store: ConsumerStore
    private let cache: any QueryCache
    private let projections: [String: any Projection]
    private let metrics: ConsumeMetrics
    private let logger: Logger
    private let upkeepInterval: Duration
    private let refreshed: @Sendable (Ticket) -> Void
    private let state = Mutex(State())
    private let work = Signal()
    private let room = Signal()
    /// Keys per statement.
    private let chunkSize = 500
    /// With more keys waiting than this, batches wait for the refresh.
    private let maximumKeys = 20_000

    /// - Parameter refreshed: called when a batch's answers are in the cache, or are left to the sweep.
    init(
        store: ConsumerStore, cache: any QueryCache, projections: [RoutedProjection], metrics: ConsumeMetrics,
        logger: Logger, upkeepInterval: Duration, refreshed: @escaping @Sendable (Ticket) -> Void
    ) {
        self.store = store
        self.cache = cache
        self.projections = Dictionary(
            projections.map { ($0.name, $0.projection) }, uniquingKeysWith: { first, _ in first })
        self.metrics = metrics
        self.logger = logger
        self.upkeepInterval = upkeepInterval
        self.refreshed = refreshed
    }

    /// Hands the keys of a committed batch in; waits while too many wait already.
    func submit(_ keys: TouchedKeys, _ ticket: Ticket) async {
        let isFull = state.withLock { state in
            state.keys.formUnion(keys)
            state.tickets.append(ticket)
            return state.keys.count > maximumKeys
        }
        work.raise()
        if isFull { await room.wait(atMost: .seconds(1)) }
    }

    /// Asks for a sweep soon, as after partitions have changed hands.
    func requestSweep() {
        state.withLock { $0.mustSweep = true }
        work.raise()
    }

    /// Ends ``run()`` when what has been handed in is refreshed.
    func finish() {
        state.withLock { $0.isFinished = true }
        work.raise()
    }

    /// Works until ``finish()`` is called or the task is cancelled.
    func run() async {
        var nextSweep = ContinuousClock.now
        while !Task.isCancelled {
            let (keys, tickets, mustSweep, isFinished) = state.withLock { state in
                defer { (state.keys, state.tickets) = (TouchedKeys(), []) }
                return (state.keys, state.tickets, state.mustSweep, state.isFinished)
            }
            room.raise()
            if !keys.isEmpty || !tickets.isEmpty {
                await refresh(keys)
                let now = WallClock.now
                for ticket in tickets {
                    for time in ticket.occurredAt { metrics.cacheDelay.observe(max(0, now - time)) }
                    refreshed(ticket)
                }
                continue
            }
            if isFinished { return }
            if mustSweep, .now >= nextSweep {
                state.withLock { $0.mustSweep = false }
                await sweep()
                // After a failure the next sweep comes soon, but not at once.
                let failures = state.withLock { $0.failures }
                nextSweep = .now + Backoff(base: .milliseconds(500), limit: .seconds(30)).delay(afterFailures: failures)
                continue
            }
            await work.wait(atMost: mustSweep ? max(.milliseconds(1), nextSweep - .now) : upkeepInterval)
            if .now >= nextSweep + upkeepInterval { state.withLock { $0.mustSweep = true } }
        }
    }

    /// Refreshes what a crash or a failure left behind.
    func sweep() async {
        var last: String?
        do {
            while !Task.isCancelled {
                let keys = try await store.staleKeys(
                    after: last, projections: Array(projections.keys), limit: chunkSize)
                guard !keys.isEmpty else { return }
                await refresh(TouchedKeys(keys))
                last = keys.last?.key
                // A busy consumer's own keys come first.
                if state.withLock({ !$0.tickets.isEmpty }) { return requestSweep() }
            }
        } catch {
            failed(error)
        }
    }

    private func refresh(_ keys: TouchedKeys) async {
        for (name, keys) in keys.byProjection {
            guard let projection = projections[name] else { continue }
            let keys = keys.sorted()
            for start in stride(from: 0, to: keys.count, by: chunkSize) {
                let chunk = Array(keys[start..<min(start + chunkSize, keys.count)])
                do {
                    try await metrics.refreshSeconds.time { try await refresh(chunk, of: projection) }
                    metrics.refreshedKeys.increment(by: chunk.count)
                    state.withLock { $0.failures = 0 }
                } catch {
                    failed(error)
                    await invalidate(chunk)
                }
            }
        }
    }

    private func refresh(_ keys: [String], of projection: any Projection) async throws {
        // Versions and answers of one moment: an answer must not be newer or older than its version.
        let (versions, answers) = try await store.pool.withTransaction(isolation: .repeatableRead, readOnly: true) {
            transaction in
            let versions = try await IdempotentConsumer.cacheVersions(of: keys, in: transaction)
            return (versions, try await projection.answers(for: keys, in: transaction))
        }
        var entries: [QueryCacheEntry] = []
        var tombstones: [QueryCacheTombstone] = []
        for (key, version) in versions {
            if let answer = answers[key] {
                entries.append(QueryCacheEntry(key: key, value: answer, version: version))
            } else {
                tombstones.append(QueryCacheTombstone(key: key, version: version))
            }
        }
        if !entries.isEmpty { _ = try await cache.store(entries) }
        if !tombstones.isEmpty { try await cache.remove(tombstones) }
        try await store.markRefreshed(versions)
    }

    /// Removes answers that could not be brought up to date: better none than an old one.
    private func invalidate(_ keys: [String]) async {
        do {
            let versions = try await store.pool.withConnection {
                try await IdempotentConsumer.cacheVersions(of: keys, in: $0)
            }
            // Up to the version before: the answer of this one is still to come.
            try await cache.remove(versions.map { QueryCacheTombstone(key: $0.key, version: $0.value - 1) })
        } catch {
            logger.debug("outdated answers could not be removed either", metadata: ["error": "\(error)"])
        }
    }

    private func failed(_ error: any Error) {
        guard !Task.isCancelled else { return }
        metrics.refreshFailures.increment()
        let failures = state.withLock { state in
            state.mustSweep = true
            state.failures += 1
            return state.failures
        }
        // One line for a failure, not one for each attempt.
        logger.log(
            level: failures == 1 ? .error : .debug, "cached answers could not be refreshed; trying again",
            metadata: ["error": "\(error)", "failures": "\(failures)"])
    }
}
