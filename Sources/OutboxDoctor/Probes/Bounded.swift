/// A check took longer than it may.
struct TookTooLong: Error {}

/// Runs a check, and cancels it when its time is up.
///
/// - Throws: ``TookTooLong``, and what `body` throws.
func bounded<Value: Sendable>(
    by limit: Duration, _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value?.self) { group in
        group.addTask { try await body() }
        group.addTask {
            try await Task.sleep(for: limit)
            return nil
        }
        defer { group.cancelAll() }
        guard let first = try await group.next(), let value = first else { throw TookTooLong() }
        return value
    }
}
