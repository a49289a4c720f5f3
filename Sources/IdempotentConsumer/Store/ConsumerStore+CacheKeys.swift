import LibPQ

extension ConsumerStore {
    /// Raises the versions of keys, in the transaction that changes what their answers are made from.
    /// - Parameter keys: each key once, sorted, so that transactions lock rows in the same order.
    func raiseVersions(of keys: [CacheKey], in transaction: PQTransaction) async throws(PQError) {
        guard !keys.isEmpty else { return }
        try await transaction.execute(
            """
            INSERT INTO outbox_cache_keys AS known (key, consumer, projection, version)
            SELECT key, \(consumer), projection, 1
            FROM unnest(\(keys.map(\.key)), \(keys.map(\.projection))) AS touched (key, projection)
            ON CONFLICT (key) DO UPDATE
            SET version = known.version + 1, consumer = excluded.consumer, projection = excluded.projection
            """)
    }

    /// Notes that the cache has these versions; waits for no disk: what a crash takes away is refreshed once more.
    func markRefreshed(_ versions: [String: Int64]) async throws {
        let versions = versions.sorted { $0.key < $1.key }
        try await pool.withTransaction { transaction in
            try await transaction.execute(
                """
                WITH quick AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', TRUE))
                UPDATE outbox_cache_keys AS known SET refreshed_version = refreshed.version
                FROM quick, unnest(\(versions.map(\.key)), \(versions.map(\.value))) AS refreshed (key, version)
                WHERE known.key = refreshed.key AND known.refreshed_version < refreshed.version
                """)
        }
    }

    /// Finds keys whose answers in the cache have not caught up.
    /// - Parameters:
    ///   - key: find those behind it, in the order of keys.
    ///   - projections: find those of these projections.
    func staleKeys(after key: String?, projections: [String], limit: Int) async throws -> [CacheKey] {
        try await pool.withConnection { connection in
            let result = try await connection.query(
                """
                SELECT key, projection FROM outbox_cache_keys
                WHERE refreshed_version < version AND consumer = \(consumer) AND projection = ANY(\(projections))
                  AND (\(PQParameter(key)) IS NULL OR key > \(PQParameter(key)))
                ORDER BY key LIMIT \(limit)
                """)
            return try result.rows.map { row in
                CacheKey(key: try row.decode(0, as: String.self), projection: try row.decode(1, as: String.self))
            }
        }
    }
}
