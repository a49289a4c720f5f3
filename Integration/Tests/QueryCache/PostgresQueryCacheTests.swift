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

    @Test("an answer comes back byte by byte, and an unknown key has none")
    func roundTrip() async throws {
        try await withCache { cache, _ async throws in
            #expect(try await cache.answer(for: "a") == nil)
            #expect(try await cache.store([entry("a", 1), entry("b", 1)]) == 2)
            #expect(try await cache.answer(for: "a") == entry("a", 1))
            #expect(try await cache.store([]) == 0)
        }
    }

    @Test("an older answer never replaces a newer one")
    func guarded() async throws {
        try await withCache { cache, _ async throws in
            #expect(try await cache.store([entry("a", 5)]) == 1)
            #expect(try await cache.store([entry("a", 4), entry("a", 5), entry("b", 1)]) == 1)
            #expect(try await cache.answer(for: "a")?.version == 5)
            #expect(try await cache.store([entry("a", 6), entry("a", 7), entry("a", 3)]) == 1)
            #expect(try await cache.answer(for: "a")?.version == 7)
        }
    }

    @Test("a removed answer stays away, however late an older one comes")
    func removed() async throws {
        try await withCache { cache, _ async throws in
            _ = try await cache.store([entry("a", 5)])
            try await cache.remove([
                QueryCacheTombstone(key: "a", version: 6), QueryCacheTombstone(key: "new", version: 3),
            ])
            #expect(try await cache.answer(for: "a") == nil)
            #expect(try await cache.store([entry("a", 5), entry("a", 6), entry("new", 3)]) == 0)
            #expect(try await cache.store([entry("a", 7)]) == 1)
            // Late itself, a tombstone does no harm.
            try await cache.remove([QueryCacheTombstone(key: "a", version: 6)])
            #expect(try await cache.answer(for: "a")?.version == 7)
        }
    }

    @Test("an invalidated answer comes back with a newer version only")
    func invalidated() async throws {
        try await withCache { cache, _ async throws in
            _ = try await cache.store([entry("a", 5), entry("b", 5)])
            try await cache.invalidate(["a", "unknown"])
            #expect(try await cache.answer(for: "a") == nil)
            #expect(try await cache.answer(for: "b") != nil)
            #expect(try await cache.store([entry("a", 5)]) == 0)
            #expect(try await cache.store([entry("a", 6)]) == 1)
        }
    }

    @Test("an answer whose time is over is not given, and may be stored anew")
    func expiry() async throws {
        try await withCache(timeToLive: .seconds(3_600)) { cache, pool async throws in
            _ = try await cache.store([entry("a", 1, expiresAt: Date(timeIntervalSinceNow: -1)), entry("b", 1)])
            #expect(try await cache.answer(for: "a") == nil)
            let lifetime = try await cache.answer(for: "b")?.expiresAt?.timeIntervalSinceNow ?? 0
            #expect(lifetime > 3_000 && lifetime < 3_700)
            #expect(try await cache.store([entry("a", 1), entry("b", 1)]) == 1)
            #expect(try await cache.answer(for: "a") != nil)
        }
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

    @Test("writers in any order leave the newest answer, or none if it was removed last")
    func races() async throws {
        try await withCache { cache, _ async throws in
            let keys = (0..<20).map { "key\($0)" }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<6 {
                    group.addTask {
                        for version in (1...30).shuffled() {
                            if (version + writer) % 7 == 0 {
                                try await cache.remove(
                                    keys.shuffled().map { QueryCacheTombstone(key: $0, version: Int64(version) - 1) })
                            }
                            _ = try await cache.store(keys.shuffled().map { entry($0, Int64(version)) })
                        }
                    }
                }
                try await group.waitForAll()
            }
            for key in keys { #expect(try await cache.answer(for: key) == entry(key, 30)) }
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
