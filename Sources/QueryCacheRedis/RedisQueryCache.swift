import FoundationEssentials
public import QueryCache

/// Keeps answers in Redis or Valkey (6 or newer).
///
/// The answer to a key `k` is a hash at `k`, which Redis deletes when its time is over. A guard, `k#guard`, holds the
/// newest version and outlives the answer. A write is one script per key, so that writers on any number of machines
/// can't put an older answer in a newer one's place.
///
/// The guards are as durable as the server's memory. After a restart without persistence, or where `maxmemory-policy`
/// lets Redis evict them, a writer that is late by more than that can put an older answer in for as long as answers are
/// given; with `noeviction` a full server refuses answers instead, and gives none that are out of date.
public final class RedisQueryCache: QueryCache {
    private let connections: [RedisConnection]
    private let timeToLive: Duration?
    private let guardLifetime: Duration
    /// Keys that are sent together.
    private let chunkSize = 500

    /// Creates a cache; connects nowhere yet.
    /// - Parameters:
    ///   - configuration: where the server is.
    ///   - timeToLive: how long an answer that doesn't say so itself is given; nil for as long as it is the newest.
    ///   - guardLifetime: how long a key's version is remembered after its answer; longer than any writer can be late.
    ///   - maximumConnections: the most connections, at least 1; calls share them.
    public init(
        _ configuration: RedisConfiguration, timeToLive: Duration? = nil, guardLifetime: Duration = .seconds(86_400),
        maximumConnections: Int = 4
    ) {
        connections = (0..<max(1, maximumConnections)).map { _ in RedisConnection(configuration) }
        self.timeToLive = timeToLive
        self.guardLifetime = guardLifetime
    }

    /// Looks an answer up.
    /// - Throws: ``RedisError``.
    public func answer(for key: String) async throws -> QueryCacheEntry? {
        let replies = try await run([
            .command(["HMGET", RedisArgument(key), "version", "answer"]), .command(["PTTL", RedisArgument(key)]),
        ])
        guard case .array(let fields) = replies[0], case .integer(let lifetime) = replies[1], fields.count == 2,
            case .bytes(let version) = fields[0], case .bytes(let answer) = fields[1],
            let version = Int64(String(decoding: version, as: UTF8.self)),
            // It may have expired in between.
            lifetime != -2
        else { return nil }
        return QueryCacheEntry(
            key: key, value: answer, version: version,
            expiresAt: lifetime < 0 ? nil : Date(timeIntervalSinceNow: Double(lifetime) / 1_000))
    }

    /// Stores answers, each in one step of its own.
    /// - Returns: how many were taken; the others were not newer than what is there.
    /// - Throws: ``RedisError``; then some may have been taken.
    public func store(_ entries: [QueryCacheEntry]) async throws -> Int {
        let replies = try await run(
            newestOfEachKey(entries, key: \.key, version: \.version).map { entry in
                let (expiry, time) = expiry(of: entry)
                return .script(
                    .store, keys: keys(entry.key),
                    arguments: [
                        "\(entry.version)", RedisArgument(entry.value), expiry, "\(time)",
                        "\(guardLifetime.milliseconds)",
                    ])
            })
        return replies.count { if case .integer(1) = $0 { true } else { false } }
    }

    /// Removes answers up to a version, each in one step of its own; their guards stay.
    /// - Throws: ``RedisError``; then some may have been removed.
    public func remove(_ tombstones: [QueryCacheTombstone]) async throws {
        _ = try await run(
            newestOfEachKey(tombstones, key: \.key, version: \.version).map { tombstone in
                .script(
                    .remove, keys: keys(tombstone.key),
                    arguments: ["\(tombstone.version)", "\(guardLifetime.milliseconds)"])
            })
    }

    /// Forgets answers, each in one step of its own; their guards stay.
    /// - Throws: ``RedisError``; then some may have been forgotten.
    public func invalidate(_ keys: [String]) async throws {
        _ = try await run(
            keys.map { .script(.invalidate, keys: self.keys($0), arguments: ["\(guardLifetime.milliseconds)"]) })
    }

    /// Closes the connections after the calls under way. Calls fail from then on.
    public func close() async {
        for connection in connections { await connection.close() }
    }

    /// Makes calls, in chunks, and fails with the first that failed after all have been made.
    private func run(_ calls: [RedisCall]) async throws(RedisError) -> [RedisReply] {
        var replies: [RedisReply] = []
        // The first of those with the least to do, so that there are no more connections than are needed.
        guard let connection = connections.min(by: { $0.load < $1.load }) else { return [] }
        for start in stride(from: 0, to: calls.count, by: chunkSize) {
            replies += try await connection.run(Array(calls[start..<min(start + chunkSize, calls.count)]))
        }
        for reply in replies { _ = try reply.get() }
        return replies
    }

    /// Names of what a key's scripts work on.
    private func keys(_ key: String) -> [String] { [key, key + "#guard"] }

    /// The command that sets an answer's end, and its time in milliseconds.
    private func expiry(of entry: QueryCacheEntry) -> (command: RedisArgument, time: Int64) {
        if let date = entry.expiresAt {
            let time = date.timeIntervalSince1970 * 1_000
            // Redis takes times up to 2^63 less the present; 285,000 years will do.
            return ("PEXPIREAT", time.isFinite ? Int64(max(0, min(time, 9e15))) : 0)
        }
        return timeToLive.map { ("PEXPIRE", $0.milliseconds) } ?? ("", 0)
    }
}

extension Duration {
    /// Whole milliseconds, 1 at least and 285,000 years at most: what Redis takes as a lifetime.
    fileprivate var milliseconds: Int64 { max(1, Int64(min(self / .milliseconds(1), 9e15))) }
}
