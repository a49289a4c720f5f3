import OutboxTelemetry
import QueryCache
import Testing

@Suite("Counting what happens to a cache")
struct MeteredQueryCacheTests {
    private struct Unreachable: Error {}

    /// Answers what it is told to.
    private struct Stub: QueryCache {
        var entry: QueryCacheEntry?
        var taken = 0
        var fails = false

        func answer(for key: String) async throws -> QueryCacheEntry? {
            if fails { throw Unreachable() }
            return entry
        }
        func store(_ entries: [QueryCacheEntry]) async throws -> Int {
            if fails { throw Unreachable() }
            return taken
        }
        func remove(_ tombstones: [QueryCacheTombstone]) async throws { if fails { throw Unreachable() } }
        func invalidate(_ keys: [String]) async throws { if fails { throw Unreachable() } }
    }

    private func value(_ name: String, of registry: MetricsRegistry) -> String? {
        registry.exposition().split(separator: "\n").first { $0.hasPrefix(name) }
            .map { String($0.split(separator: " ").last ?? "") }
    }

    @Test("hits, misses, stored and refused answers are counted")
    func counts() async throws {
        let registry = MetricsRegistry()
        let entry = QueryCacheEntry(key: "a", value: Array("1".utf8), version: 1)
        let cache = MeteredQueryCache(Stub(entry: entry, taken: 1), registry: registry)
        #expect(try await cache.answer(for: "a") == entry)
        #expect(try await MeteredQueryCache(Stub(), registry: registry).answer(for: "a") == nil)
        #expect(try await cache.store([entry, entry, entry]) == 1)
        #expect(value("query_cache_hit_total", of: registry) == "1")
        #expect(value("query_cache_miss_total", of: registry) == "1")
        #expect(value("query_cache_stored_total", of: registry) == "1")
        #expect(value("query_cache_stale_refused_total", of: registry) == "2")
    }

    @Test("errors are counted by operation and passed on")
    func errors() async {
        let registry = MetricsRegistry()
        let cache = MeteredQueryCache(Stub(fails: true), registry: registry)
        await #expect(throws: Unreachable.self) { try await cache.answer(for: "a") }
        await #expect(throws: Unreachable.self) { try await cache.store([]) }
        await #expect(throws: Unreachable.self) { try await cache.remove([]) }
        await #expect(throws: Unreachable.self) { try await cache.invalidate([]) }
        for operation in ["answer", "store", "remove", "invalidate"] {
            #expect(value("query_cache_errors_total{operation=\"\(operation)\"}", of: registry) == "1")
        }
    }
}
