/// Does work to its end even when this task is cancelled, before it begins or on the way: for what has to be tidied up.
///
/// The work runs in a task of its own, with this one's priority and task-local values; this one waits for it.
///
/// - Returns: what `body` returns.
/// - Throws: what `body` throws.
@discardableResult
package func shieldedFromCancellation<Success: Sendable, Failure: Error>(
    _ body: @escaping @Sendable () async throws(Failure) -> Success
) async throws(Failure) -> Success {
    let task = Task { () async -> Result<Success, Failure> in
        do throws(Failure) {
            return .success(try await body())
        } catch {
            return .failure(error)
        }
    }
    return try await task.value.get()
}
