import FoundationEssentials
import LibPQ
import QueryCache
import QueryCacheRedis
import Servers
import Testing

/// The kinds of cache that must behave alike.
enum CacheAdapter: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case postgres, redis

    var testDescription: String { rawValue }

    /// Lends an empty cache to a test.
    func withCache(timeToLive: Duration? = nil, _ body: (any QueryCache) async throws -> Void) async throws {
        switch self {
        case .postgres:
            let url = try await PostgresServer.shared().createDatabase("cache")
            let pool = PQPool(PQConfiguration(url: url), maximumConnections: 8)
            try await pool.withConnection { _ = try await PostgresQueryCache.migrations.apply(on: $0) }
            do { try await body(PostgresQueryCache(pool: pool, timeToLive: timeToLive)) } catch {
                await pool.close()
                throw error
            }
            await pool.close()
        case .redis:
            let server = try await RedisServer.start()
            let cache = RedisQueryCache(try RedisConfiguration(url: server.url), timeToLive: timeToLive)
            try await body(cache)
            await cache.close()
        }
    }
}

extension QueryCacheEntry {
    /// An answer that tells its version.
    static func test(_ key: String, _ version: Int64, expiresAt: Date? = nil) -> QueryCacheEntry {
        QueryCacheEntry(key: key, value: Array(#"{"v" : \#(version)}"#.utf8), version: version, expiresAt: expiresAt)
    }
}
