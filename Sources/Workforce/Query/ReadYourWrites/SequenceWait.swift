public import LibPQ

/// Waits until the read model has applied what a reader has written.
public struct SequenceWait: Sendable {
    private let pool: PQPool
    private let timeout: Duration

    /// - Parameters:
    ///   - pool: of the query database.
    ///   - timeout: the longest wait.
    public init(pool: PQPool, timeout: Duration = .seconds(5)) {
        self.pool = pool
        self.timeout = timeout
    }

    /// Waits until all of it is applied.
    ///
    /// - Throws: ``SequenceTimeout`` when it is not within the time, `PQError` when the database fails,
    ///   `CancellationError`.
    public func wait(for minimums: [MinimumSequence], tenantID: String) async throws {
        guard !minimums.isEmpty else { return }
        let start = ContinuousClock.now
        var delay = Duration.milliseconds(2)
        while true {
            let reached = try await pool.withConnection { connection in
                try await ReadModel(session: connection, tenantID: tenantID)
                    .sequences(of: minimums.map(\.aggregateID))
            }
            let progress = minimums.map { minimum in
                SequenceTimeout.Progress(minimum: minimum, reached: reached[minimum.aggregateID])
            }
            if progress.allSatisfy(\.isReached) { return }
            let waited = ContinuousClock.now - start
            guard waited < timeout else { throw SequenceTimeout(waited: waited, progress: progress) }
            try await Task.sleep(for: min(delay, timeout - waited))
            delay = min(delay * 2, .milliseconds(50))
        }
    }
}
