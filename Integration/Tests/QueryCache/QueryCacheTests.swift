import FoundationEssentials
import QueryCache
import Servers
import Testing

@Suite("Query caches, whatever keeps them")
struct QueryCacheTests {
    @Test("an answer comes back byte by byte, and an unknown key has none", arguments: CacheAdapter.allCases)
    func roundTrip(adapter: CacheAdapter) async throws {
        try await adapter.withCache { cache async throws in
            #expect(try await cache.answer(for: "a") == nil)
            #expect(try await cache.store([.test("a", 1), .test("b", 1)]) == 2)
            #expect(try await cache.answer(for: "a") == .test("a", 1))
            #expect(try await cache.store([]) == 0)
        }
    }

    @Test("keys and answers may hold whatever text they like", arguments: CacheAdapter.allCases)
    func anyText(adapter: CacheAdapter) async throws {
        try await adapter.withCache { cache async throws in
            let text = "岗位 \u{1F600} {a}b' \" \\ $1 %s \r\n*1\r\n$8\r\nFLUSHALL\r\n"
            let answer = QueryCacheEntry(
                key: text, value: Array(#"{"long": "\#(String(repeating: "é ", count: 100_000))"}"#.utf8), version: 1)
            #expect(try await cache.store([answer, .test(text + " gone", 2), .test("", 3)]) == 3)
            #expect(try await cache.answer(for: text) == answer)
            #expect(try await cache.answer(for: text + " gone")?.version == 2)
            #expect(try await cache.answer(for: "")?.version == 3)
        }
    }

    @Test("an older answer never replaces a newer one", arguments: CacheAdapter.allCases)
    func guarded(adapter: CacheAdapter) async throws {
        try await adapter.withCache { cache async throws in
            #expect(try await cache.store([.test("a", 5)]) == 1)
            #expect(try await cache.store([.test("a", 4), .test("a", 5), .test("b", 1)]) == 1)
            #expect(try await cache.answer(for: "a")?.version == 5)
            #expect(try await cache.store([.test("a", 6), .test("a", 7), .test("a", 3)]) == 1)
            #expect(try await cache.answer(for: "a")?.version == 7)
        }
    }

    @Test("versions are compared to the last of 64 bits", arguments: CacheAdapter.allCases)
    func versions(adapter: CacheAdapter) async throws {
        let ascending: [Int64] = [
            .min, .min + 1, -9_007_199_254_740_993, -9_007_199_254_740_992, -10, -9, 0, 9, 10, 9_007_199_254_740_992,
            9_007_199_254_740_993, .max - 1, .max,
        ]
        try await adapter.withCache { cache async throws in
            for (older, newer) in zip(ascending, ascending.dropFirst()) {
                #expect(try await cache.store([.test("a", newer)]) == 1, "\(newer) after \(older)")
                #expect(try await cache.store([.test("a", older)]) == 0, "\(older) after \(newer)")
                #expect(try await cache.answer(for: "a") == .test("a", newer))
            }
        }
    }

    @Test("a removed answer stays away, however late an older one comes", arguments: CacheAdapter.allCases)
    func removed(adapter: CacheAdapter) async throws {
        try await adapter.withCache { cache async throws in
            _ = try await cache.store([.test("a", 5)])
            try await cache.remove([
                QueryCacheTombstone(key: "a", version: 6), QueryCacheTombstone(key: "new", version: 3),
            ])
            #expect(try await cache.answer(for: "a") == nil)
            #expect(try await cache.store([.test("a", 5), .test("a", 6), .test("new", 3)]) == 0)
            #expect(try await cache.store([.test("a", 7)]) == 1)
            // Late itself, a tombstone does no harm.
            try await cache.remove([QueryCacheTombstone(key: "a", version: 6)])
            #expect(try await cache.answer(for: "a")?.version == 7)
        }
    }

    @Test("an invalidated answer comes back with a newer version only", arguments: CacheAdapter.allCases)
    func invalidated(adapter: CacheAdapter) async throws {
        try await adapter.withCache { cache async throws in
            _ = try await cache.store([.test("a", 5), .test("b", 5)])
            try await cache.invalidate(["a", "unknown"])
            #expect(try await cache.answer(for: "a") == nil)
            #expect(try await cache.answer(for: "b") != nil)
            #expect(try await cache.store([.test("a", 5), .test("unknown", 1)]) == 1)
            #expect(try await cache.store([.test("a", 6)]) == 1)
            #expect(try await cache.answer(for: "a")?.version == 6)
        }
    }

    @Test(
        "an answer whose time is over is not given, and may be stored anew, but not an older one",
        arguments: CacheAdapter.allCases)
    func expiry(adapter: CacheAdapter) async throws {
        try await adapter.withCache(timeToLive: .seconds(3_600)) { cache async throws in
            _ = try await cache.store([.test("a", 2, expiresAt: Date(timeIntervalSinceNow: -1)), .test("b", 1)])
            #expect(try await cache.answer(for: "a") == nil)
            let lifetime = try await cache.answer(for: "b")?.expiresAt?.timeIntervalSinceNow ?? 0
            #expect(lifetime > 3_000 && lifetime < 3_700)
            #expect(try await cache.store([.test("a", 1), .test("b", 1)]) == 0)
            #expect(try await cache.store([.test("a", 2), .test("b", 1)]) == 1)
            #expect(try await cache.answer(for: "a")?.version == 2)
        }
        try await adapter.withCache(timeToLive: .milliseconds(50)) { cache async throws in
            let later = Date(timeIntervalSinceNow: 3_600)
            _ = try await cache.store([.test("short", 2), .test("long", 2, expiresAt: later)])
            try await eventually(within: .seconds(60), "the answer's time is over") {
                try await cache.answer(for: "short") == nil
            }
            #expect(try await cache.answer(for: "long")?.version == 2)
            #expect(try await cache.store([.test("short", 1)]) == 0)
        }
    }

    @Test(
        "an answer that was removed or forgotten before its time is over stays away", arguments: CacheAdapter.allCases)
    func goneIsNotOver(adapter: CacheAdapter) async throws {
        try await adapter.withCache(timeToLive: .seconds(3_600)) { cache async throws in
            _ = try await cache.store([.test("a", 2), .test("b", 2)])
            try await cache.remove([QueryCacheTombstone(key: "a", version: 2)])
            try await cache.invalidate(["b"])
            #expect(try await cache.store([.test("a", 2), .test("b", 2)]) == 0)
        }
    }

    @Test(
        "writers in any order leave the newest answer, or none if it was removed last", arguments: CacheAdapter.allCases
    )
    func races(adapter: CacheAdapter) async throws {
        try await adapter.withCache { cache async throws in
            let keys = (0..<20).map { "key\($0)" }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<6 {
                    group.addTask {
                        for version in (1...30).shuffled() {
                            if (version + writer) % 7 == 0 {
                                try await cache.remove(
                                    keys.shuffled().map { QueryCacheTombstone(key: $0, version: Int64(version) - 1) })
                            }
                            _ = try await cache.store(keys.shuffled().map { .test($0, Int64(version)) })
                        }
                    }
                }
                try await group.waitForAll()
            }
            for key in keys { #expect(try await cache.answer(for: key) == .test(key, 30)) }
        }
    }
}
