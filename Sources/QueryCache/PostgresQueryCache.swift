import FoundationEssentials
public import LibPQ

/// Keeps answers in a table, `query_cache`.
///
/// The table may be in the read model's database or in one of its own. Every write is one guarded statement, so that
/// writers on any number of machines can't put an older answer in a newer one's place.
public struct PostgresQueryCache: QueryCache {
    private let pool: PQPool
    private let timeToLive: Duration?

    /// Creates a cache.
    /// - Parameters:
    ///   - pool: takes one connection for the time of a call.
    ///   - timeToLive: how long an answer that doesn't say so itself is given; nil for as long as it is the newest.
    public init(pool: PQPool, timeToLive: Duration? = nil) {
        self.pool = pool
        self.timeToLive = timeToLive
    }

    /// Looks an answer up.
    /// - Throws: `PQError`.
    public func answer(for key: String) async throws -> QueryCacheEntry? {
        let result = try await pool.withConnection { connection in
            try await connection.query(
                """
                SELECT convert_to(value::text, 'UTF8'), version, expires_at FROM query_cache
                WHERE key = \(key) AND value IS NOT NULL AND (expires_at IS NULL OR expires_at > now())
                """)
        }
        guard result.rowCount > 0 else { return nil }
        let row = result[0]
        return QueryCacheEntry(
            key: key, value: try row.decode(0, as: [UInt8].self), version: try row.decode(1, as: Int64.self),
            expiresAt: try row.decode(2, as: Date?.self))
    }

    /// Stores answers in one statement.
    /// - Returns: how many were taken; the others were not newer than what is there.
    /// - Throws: `PQError`; then none was taken.
    public func store(_ entries: [QueryCacheEntry]) async throws -> Int {
        let entries = newestOfEachKey(entries, key: \.key, version: \.version)
        guard !entries.isEmpty else { return 0 }
        let lifetime = timeToLive.map { $0 / .seconds(1) }
        // An answer whose time is over may be replaced by one of the same version: it says nothing older.
        return try await write(
            """
            INSERT INTO query_cache AS cached (key, value, version, expires_at)
            SELECT key, convert_from(value, 'UTF8')::json, version,
                   coalesce(expires_at, now() + \(PQParameter(lifetime)) * interval '1 second')
            FROM unnest(\(entries.map(\.key)), \(entries.map(\.value)), \(entries.map(\.version)),
                        \(entries.map(\.expiresAt))) AS entry (key, value, version, expires_at)
            ON CONFLICT (key) DO UPDATE
            SET value = excluded.value, version = excluded.version, expires_at = excluded.expires_at, updated_at = now()
            WHERE cached.version < excluded.version
               OR cached.version = excluded.version AND cached.value IS NOT NULL AND cached.expires_at <= now()
            """)
    }

    /// Removes answers up to a version in one statement; the rows stay as tombstones.
    /// - Throws: `PQError`; then none was removed.
    public func remove(_ tombstones: [QueryCacheTombstone]) async throws {
        let tombstones = newestOfEachKey(tombstones, key: \.key, version: \.version)
        guard !tombstones.isEmpty else { return }
        _ = try await write(
            """
            INSERT INTO query_cache AS cached (key, value, version)
            SELECT key, NULL, version FROM unnest(\(tombstones.map(\.key)), \(tombstones.map(\.version)))
                AS tombstone (key, version)
            ON CONFLICT (key) DO UPDATE
            SET value = NULL, version = excluded.version, expires_at = NULL, updated_at = now()
            WHERE cached.version <= excluded.version
            """)
    }

    /// Forgets answers in one statement; the rows stay as tombstones.
    /// - Throws: `PQError`; then none was forgotten.
    public func invalidate(_ keys: [String]) async throws {
        guard !keys.isEmpty else { return }
        _ = try await write(
            """
            UPDATE query_cache SET value = NULL, expires_at = NULL, updated_at = now()
            WHERE key IN (SELECT key FROM query_cache WHERE key = ANY(\(keys)) ORDER BY key FOR UPDATE)
            """)
    }

    /// Deletes rows that give no answer: tombstones, and answers whose time is over.
    ///
    /// With its row, a key loses its guard against older answers.
    /// - Parameters:
    ///   - age: how long nothing must have been written to a row; longer than any writer can be late.
    ///   - limit: the most rows to delete.
    /// - Returns: how many were deleted.
    /// - Throws: `PQError`.
    public func purge(untouchedFor age: Duration = .seconds(86_400), limit: Int = 10_000) async throws -> Int {
        try await write(
            """
            DELETE FROM query_cache WHERE ctid = ANY(ARRAY(
                SELECT ctid FROM query_cache
                WHERE (value IS NULL OR expires_at <= now())
                  AND updated_at < now() - \(age / .seconds(1)) * interval '1 second'
                LIMIT \(limit) FOR UPDATE SKIP LOCKED))
            """)
    }

    private func write(_ statement: PQStatement) async throws -> Int {
        // A transaction, for its retry: two writers with many keys each can deadlock.
        try await pool.withTransaction { transaction in try await transaction.execute(statement) }
    }
}
