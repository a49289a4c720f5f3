public import LibPQ

extension IdempotentConsumer {
    /// Reads the versions of cached answers, for a reader that computes an answer itself and stores it.
    ///
    /// Read them and compute the answers in one repeatable-read transaction, so that a version is that of its answer:
    ///
    /// ```swift
    /// let (version, answer) = try await pool.withTransaction(isolation: .repeatableRead, readOnly: true) {
    ///     (try await IdempotentConsumer.cacheVersions(of: [key], in: $0)[key], try await answer(for: key, in: $0))
    /// }
    /// ```
    ///
    /// - Parameters:
    ///   - keys: what projections returned from `cacheKeys(touchedBy:)`.
    ///   - session: of the read model's database.
    /// - Returns: by key; none for keys that no event has touched, whose answers should not be stored.
    public static func cacheVersions(
        of keys: [String], in session: any PQSession
    ) async throws(PQError) -> [String: Int64] {
        let result = try await session.query("SELECT key, version FROM outbox_cache_keys WHERE key = ANY(\(keys))")
        var versions: [String: Int64] = [:]
        versions.reserveCapacity(result.rowCount)
        for row in 0..<result.rowCount {
            versions[try result[row].decode(0, as: String.self)] = try result.int64(row: row, column: 1)
        }
        return versions
    }
}
