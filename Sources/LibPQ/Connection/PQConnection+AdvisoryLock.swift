/// Another session has kept an advisory lock for too long.
package struct PQAdvisoryLockTaken: Error {}

extension PQConnection {
    /// Runs `body` while no other session has the advisory lock of that name.
    ///
    /// - Parameters:
    ///   - name: of the lock, in the whole database.
    ///   - purpose: what the session is needed for, as in `"a migration"`.
    ///   - patience: how long to wait for it; for ever when `nil`.
    /// - Throws: ``PQAdvisoryLockTaken`` when patience is over; `PQError/Code/sharedSession` behind a pooler in
    ///   transaction mode; what `body` throws.
    package nonisolated func withAdvisoryLock<Result: Sendable>(
        _ name: String, for purpose: String, patience: Duration? = nil, _ body: () async throws -> Result
    ) async throws -> Result {
        try await requireSession(for: purpose)
        let deadline = patience.map { ContinuousClock.now + $0 }
        // Asked for again and again: a session that waits inside the lock function holds a snapshot, and
        // CREATE INDEX CONCURRENTLY would wait for that in turn, for ever.
        while true {
            let taken = try await query("SELECT pg_try_advisory_lock(hashtextextended(\(name), 0))")
            if try taken[0].decode(0, as: Bool.self) { break }
            if let deadline, .now > deadline { throw PQAdvisoryLockTaken() }
            try await Task.sleep(for: .milliseconds(100))
        }
        let result: Swift.Result<Result, any Error>
        do {
            result = .success(try await body())
        } catch {
            result = .failure(error)
        }
        // A connection that is gone has let go of its lock already.
        await shieldedFromCancellation {
            _ = try? await self.query("SELECT pg_advisory_unlock(hashtextextended(\(name), 0))")
        }
        return try result.get()
    }
}
