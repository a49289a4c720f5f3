import FoundationEssentials
import IdempotentConsumer
import LibPQ
import QueryCache
import Servers
import Synchronization
import Testing
import Workforce

@Suite("Answers from the query cache")
struct CachedQueriesTests {
    /// A read model with a position that is filled, and its keys at version 3.
    private func withCache(
        _ body: (_ world: WorkforceWorld, _ queries: CachedQueries, _ cache: PostgresQueryCache) async throws -> Void
    ) async throws {
        try await WorkforceWorld.run { world in
            try await world.pool.withConnection { connection in
                _ = try await IdempotentConsumer.migrations.apply(on: connection)
                _ = try await PostgresQueryCache.migrations.apply(on: connection)
            }
            try await world.catalog.create(with: world.service, context: world.context())
            try await world.execute(world.catalog.position(code: "P1", title: "A"))
            try await world.execute(world.fill("P1"))
            try await world.apply(try await world.received())
            try await setVersion(3, in: world)
            let cache = PostgresQueryCache(pool: world.pool, timeToLive: CachedQueries.timeToLive)
            try await body(world, CachedQueries(pool: world.pool, cache: cache), cache)
        }
    }

    private func setVersion(_ version: Int64, in world: WorkforceWorld) async throws {
        let keys = [Self.position, Self.stats]
        try await world.pool.withConnection {
            _ = try await $0.execute(
                """
                INSERT INTO outbox_cache_keys (key, consumer, projection, version)
                SELECT key, 'test', 'workforce', \(version) FROM unnest(\(keys)) AS key
                ON CONFLICT (key) DO UPDATE SET version = excluded.version
                """)
        }
    }

    private static let position = "org:position:acme:P1:v1"
    private static let stats = "org:assignment:stats:acme:P1:v1"

    @Test("a miss is computed and stored with its key's version; a hit is what was stored")
    func missAndHit() async throws {
        try await withCache { world, queries, cache async throws in
            let computed = try #require(try await queries.position(code: "P1", tenantID: "acme"))
            #expect(computed.headcountInUse == 1)
            let stats = try #require(try await queries.assignmentStats(positionCode: "P1", tenantID: "acme"))
            #expect(stats.activeAssignments == 1)
            #expect(try await cache.answer(for: Self.position)?.version == 3)
            #expect(try await cache.answer(for: Self.stats)?.version == 3)
            // What is in the cache shows in the answers, and where a fresh one is asked for it does not.
            let id = try #require(computed.currentAssignment?.assignmentId)
            try await world.execute(CloseAssignment(positionCode: "P1", assignmentID: id))
            try await world.apply(try await world.received())
            #expect(try await queries.position(code: "P1", tenantID: "acme") == computed)
            #expect(try await queries.assignmentStats(positionCode: "P1", tenantID: "acme") == stats)
            try await setVersion(4, in: world)
            let fresh = try #require(try await queries.position(code: "P1", tenantID: "acme", isFresh: true))
            #expect(fresh.headcountInUse == 0)
            #expect(try await queries.position(code: "P1", tenantID: "acme") == fresh)
            #expect(try await cache.answer(for: Self.position)?.version == 4)
        }
    }

    @Test("an answer is given for two minutes at most")
    func timeToLive() async throws {
        try await withCache { world, queries, cache async throws in
            _ = try await queries.position(code: "P1", tenantID: "acme")
            let expiry = try #require(try await cache.answer(for: Self.position)?.expiresAt)
            #expect(expiry.timeIntervalSinceNow <= 121)
            try await world.pool.withConnection {
                _ = try await $0.execute(
                    """
                    UPDATE query_cache
                    SET value = '{}', expires_at = now() - interval '1 second' WHERE key = \(Self.position)
                    """)
            }
            #expect(try await queries.position(code: "P1", tenantID: "acme")?.title == "A")
            #expect(try await cache.answer(for: Self.position) != nil)
        }
    }

    @Test("what is unknown, or another tenant's, has no answer and is not stored")
    func unknown() async throws {
        try await withCache { world, queries, cache async throws in
            _ = try await queries.position(code: "P1", tenantID: "acme")
            #expect(try await queries.position(code: "P1", tenantID: "globex") == nil)
            #expect(try await queries.position(code: "P2", tenantID: "acme") == nil)
            #expect(try await queries.assignmentStats(positionCode: "P2", tenantID: "acme") == nil)
            // A code and a tenant that no key could hold.
            #expect(try await queries.position(code: "P1:v1", tenantID: "acme") == nil)
            #expect(try await queries.position(code: "x:acme:P1", tenantID: "org") == nil)
            #expect(try await world.text("SELECT string_agg(key, ' ') FROM query_cache") == Self.position)
        }
    }

    @Test("what no event is known to have touched is answered and not stored: its age could not be told")
    func withoutVersion() async throws {
        try await withCache { world, queries, cache async throws in
            try await world.pool.withConnection { try await $0.run(script: "TRUNCATE outbox_cache_keys") }
            #expect(try await queries.position(code: "P1", tenantID: "acme") != nil)
            #expect(try await cache.answer(for: Self.position) == nil)
        }
    }

    @Test("an entry that can't be read is passed over")
    func unreadable() async throws {
        try await withCache { world, queries, cache async throws in
            _ = try await cache.store([
                QueryCacheEntry(key: Self.position, value: Array(#"{"code":7}"#.utf8), version: 3)
            ])
            #expect(try await queries.position(code: "P1", tenantID: "acme")?.title == "A")
        }
    }

    @Test("a cache that fails or hangs costs no answer", arguments: [false, true])
    func failing(hangs: Bool) async throws {
        try await withCache { world, _, _ async throws in
            let broken = BrokenCache(hangs: hangs)
            defer { broken.end.finish() }
            let queries = CachedQueries(
                pool: world.pool,
                cache: BoundedQueryCache(broken, timeLimit: .milliseconds(20), pause: .seconds(3_600)))
            for _ in 0..<5 {
                #expect(try await queries.position(code: "P1", tenantID: "acme")?.title == "A")
                #expect(try await queries.assignmentStats(positionCode: "P1", tenantID: "acme") != nil)
            }
            // Given up, the call may even begin later.
            try await eventually(within: .seconds(60), "it is asked once") { broken.calls.withLock { $0 } > 0 }
            #expect(broken.calls.withLock { $0 } == 1, "it is left alone after the first failure")
        }
    }
}

private final class BrokenCache: QueryCache {
    struct Broken: Error {}

    let hangs: Bool
    let calls = Mutex(0)
    private let forever: AsyncStream<Never>
    let end: AsyncStream<Never>.Continuation

    init(hangs: Bool) {
        self.hangs = hangs
        (forever, end) = AsyncStream.makeStream()
    }

    private func fail() async throws -> Never {
        calls.withLock { $0 += 1 }
        // Deaf to cancellation, as a call that hangs may be.
        if hangs { await Task { [forever] in for await _ in forever {} }.value }
        throw Broken()
    }

    func answer(for key: String) async throws -> QueryCacheEntry? { try await fail() }
    func store(_ entries: [QueryCacheEntry]) async throws -> Int { try await fail() }
    func remove(_ tombstones: [QueryCacheTombstone]) async throws { try await fail() }
    func invalidate(_ keys: [String]) async throws { try await fail() }
}
