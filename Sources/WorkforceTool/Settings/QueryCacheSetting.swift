import LibPQ
import OutboxCommandLine
import QueryCache
import QueryCacheRedis
import Workforce

/// Where the commands that keep or read the read model have their query cache.
enum QueryCacheSetting {
    private static let url = Setting(
        "QUERY_CACHE_URL",
        ValueParser<RedisConfiguration>(
            valueName: "url",
            allowed: "redis://[[user]:password@]host[:port][/database]; TLS (rediss://) is not supported"
        ) { try? RedisConfiguration(url: $0) },
        help: "redis:// URL of the query cache (default: in the read model's database)",
        redact: { (try? RedisConfiguration(url: $0))?.redactedURL ?? "<invalid Redis URL>" })

    static let definition = url.definition

    /// The cache that the setting names, with its metrics.
    ///
    /// - Parameters:
    ///   - pool: of the read model's database, which has the cache unless the setting says otherwise.
    ///   - timeLimit: the longest that a reader waits for the cache; nil for a writer, who waits as long as it takes.
    static func makeCache(_ invocation: Invocation, pool: PQPool, timeLimit: Duration? = nil) -> any QueryCache {
        let cache: any QueryCache =
            if let server = invocation[url] {
                RedisQueryCache(server, timeToLive: CachedQueries.timeToLive)
            } else {
                PostgresQueryCache(pool: pool, timeToLive: CachedQueries.timeToLive)
            }
        return MeteredQueryCache(timeLimit.map { BoundedQueryCache(cache, timeLimit: $0) } ?? cache)
    }
}
