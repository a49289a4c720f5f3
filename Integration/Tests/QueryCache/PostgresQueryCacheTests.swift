import FoundationEssentials
import LibPQ
import QueryCache
import Servers
import Testing

@Suite("The query cache in PostgreSQL")
struct PostgresQueryCacheTests {
    private func withCache(
        timeToLive: Duration? = nil, _ body: (PostgresQueryCache, PQPool) async throws -> Void
    ) async throws {
        let url = try await PostgresServer.shared().createDatabase("cache")
        let pool = PQPool(PQConfiguration(url: url), maximumConnections: 8)
        try await pool.withConnection { _ = try await PostgresQueryCache.migrations.apply(on: $0) }
        do {
            try await body(PostgresQueryCache(pool: pool, timeToLive: timeToLive), pool)
        } catch {
            await pool.close()
            throw error
        }
        await pool.close()
    }

    private func entry(_ key: String, _ version: Int64, expiresAt: Date? = nil) -> QueryCacheEntry {
        QueryCacheEntry(key: key, value: Array(#"{"v" : \#(version)}"#.utf8), version: version, expiresAt: expiresAt)
    }

    @Test("rows that give no answer are purged when they are old, others stay")
    func purge() async throws {
        try await withCache { cache, pool async throws in
            _ = try await cache.store([entry("a", 1), entry("b", 1), entry("c", 1)])
            try await cache.invalidate(["a", "b"])
            #expect(try await cache.purge() == 0)
            _ = try await pool.withConnection {
                try await $0.execute("UPDATE query_cache SET updated_at = now() - interval '2 days' WHERE key <> 'b'")
            }
            #expect(try await cache.purge() == 1)
            #expect(try await cache.answer(for: "c") != nil)
            #expect(try await cache.store([entry("b", 1)]) == 0)
        }
    }

    @Test("bytes that are not JSON are refused with an error, and nothing of the call is stored")
    func notJSON() async throws {
        try await withCache { cache, _ async throws in
            let bad = QueryCacheEntry(key: "bad", value: Array("{".utf8), version: 1)
            await #expect(throws: PQError.self) { try await cache.store([entry("a", 1), bad]) }
            #expect(try await cache.answer(for: "a") == nil)
        }
    }
}
