import Synchronization

/// Keeps readers from waiting for a cache that hangs or is down.
///
/// A call that takes too long is given up, and after a failure the cache is left alone for a while, so that a reader
/// falls back on the read model at once:
///
/// ```swift
/// let cache = MeteredQueryCache(BoundedQueryCache(PostgresQueryCache(pool: pool)))
/// ```
///
/// A write that was given up may still be done later; the guard by version makes that harmless.
public final class BoundedQueryCache: QueryCache {
    private let cache: any QueryCache
    private let timeLimit: Duration
    private let pause: Duration
    /// When it may be asked again after a failure.
    private let pausedUntil = Mutex(ContinuousClock.Instant?.none)

    /// Limits the calls of a cache.
    /// - Parameters:
    ///   - cache: the cache.
    ///   - timeLimit: the longest that a call may take.
    ///   - pause: how long the cache is not asked after a call that failed or took too long.
    public init(
        _ cache: any QueryCache, timeLimit: Duration = .milliseconds(100), pause: Duration = .seconds(1)
    ) {
        self.cache = cache
        self.timeLimit = timeLimit
        self.pause = pause
    }

    /// Looks an answer up.
    /// - Throws: ``QueryCacheUnavailable``, and what the cache throws.
    public func answer(for key: String) async throws -> QueryCacheEntry? {
        try await bounded { try await $0.answer(for: key) }
    }

    /// Stores answers.
    /// - Throws: ``QueryCacheUnavailable``, and what the cache throws.
    public func store(_ entries: [QueryCacheEntry]) async throws -> Int {
        try await bounded { try await $0.store(entries) }
    }

    /// Removes answers.
    /// - Throws: ``QueryCacheUnavailable``, and what the cache throws.
    public func remove(_ tombstones: [QueryCacheTombstone]) async throws {
        try await bounded { try await $0.remove(tombstones) }
    }

    /// Forgets answers.
    /// - Throws: ``QueryCacheUnavailable``, and what the cache throws.
    public func invalidate(_ keys: [String]) async throws {
        try await bounded { try await $0.invalidate(keys) }
    }

    private func bounded<Result: Sendable>(
        _ call: @escaping @Sendable (any QueryCache) async throws -> Result
    ) async throws -> Result {
        if let pausedUntil = pausedUntil.withLock({ $0 }), .now < pausedUntil { throw QueryCacheUnavailable.paused }
        do {
            return try await outcome(of: call)
        } catch {
            // A reader that goes away says nothing about the cache.
            if !Task.isCancelled { pausedUntil.withLock { $0 = .now + pause } }
            throw error
        }
    }

    /// The first of the call's outcome and the end of its time. The call is cancelled but not waited for, since one that
    /// hangs need not notice.
    private func outcome<Result: Sendable>(
        of call: @escaping @Sendable (any QueryCache) async throws -> Result
    ) async throws -> Result {
        let (outcomes, continuation) = AsyncThrowingStream<Result, any Error>.makeStream()
        let work = Task { [cache] in
            do {
                continuation.yield(try await call(cache))
            } catch {
                continuation.finish(throwing: error)
            }
        }
        let timer = Task { [timeLimit] in
            try await Task.sleep(for: timeLimit)
            continuation.finish(throwing: QueryCacheUnavailable.timedOut(timeLimit))
        }
        defer {
            work.cancel()
            timer.cancel()
        }
        for try await result in outcomes { return result }
        throw CancellationError()
    }
}
