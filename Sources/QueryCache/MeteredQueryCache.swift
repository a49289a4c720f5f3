public import OutboxTelemetry

/// Counts what happens to a cache: `query_cache_hit_total`, `_miss_total`, `_stored_total`, `_stale_refused_total` and
/// `_errors_total`.
public struct MeteredQueryCache: QueryCache {
    private let cache: any QueryCache
    private let hits: Counter
    private let misses: Counter
    private let stored: Counter
    private let staleRefused: Counter
    private let errors: CounterFamily

    /// Counts what happens to a cache.
    /// - Parameters:
    ///   - cache: the cache.
    ///   - registry: where the metrics are registered.
    public init(_ cache: any QueryCache, registry: MetricsRegistry = .shared) {
        self.cache = cache
        hits = registry.counter("query_cache_hit_total", help: "Look-ups that found an answer.")
        misses = registry.counter("query_cache_miss_total", help: "Look-ups that found no answer.")
        stored = registry.counter("query_cache_stored_total", help: "Answers that were stored.")
        staleRefused = registry.counter(
            "query_cache_stale_refused_total", help: "Answers that were refused, not being newer than what was there.")
        errors = registry.counter(
            "query_cache_errors_total", help: "Calls that failed, by operation.", labelNames: ["operation"])
    }

    /// Looks an answer up, and counts a hit, a miss or an error.
    public func answer(for key: String) async throws -> QueryCacheEntry? {
        let entry = try await counting("answer") { try await cache.answer(for: key) }
        (entry == nil ? misses : hits).increment()
        return entry
    }

    /// Stores answers, and counts those taken, those refused for their age, or an error.
    public func store(_ entries: [QueryCacheEntry]) async throws -> Int {
        let taken = try await counting("store") { try await cache.store(entries) }
        stored.increment(by: taken)
        staleRefused.increment(by: entries.count - taken)
        return taken
    }

    /// Removes answers, and counts an error.
    public func remove(_ tombstones: [QueryCacheTombstone]) async throws {
        try await counting("remove") { try await cache.remove(tombstones) }
    }

    /// Invalidates answers, and counts an error.
    public func invalidate(_ keys: [String]) async throws {
        try await counting("invalidate") { try await cache.invalidate(keys) }
    }

    private func counting<Result>(_ operation: String, _ body: () async throws -> Result) async throws -> Result {
        do {
            return try await body()
        } catch {
            errors.labels(operation).increment()
            throw error
        }
    }
}
