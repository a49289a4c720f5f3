/// Waits until a condition holds, looking every few milliseconds.
///
/// An error that the condition throws counts as "not yet": what is waited for is often a server that is down.
///
/// - Parameters:
///   - limit: how long to wait. Choose it for the slowest machine; nothing waits longer than it must.
///   - what: what is waited for, as the end of "… within 10 s:", for the error.
///   - condition: looked at until it is true.
/// - Throws: ``ServerError`` when the deadline passes, with the last error of the condition; `CancellationError`.
public func eventually(
    within limit: Duration, _ what: String, _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    var pause = Duration.milliseconds(2)
    while true {
        var lastError: (any Error)?
        do {
            if try await condition() { return }
        } catch let error as CancellationError {
            throw error
        } catch {
            lastError = error
        }
        guard ContinuousClock.now < deadline else {
            let reason = lastError.map { " (last error: \($0))" } ?? ""
            throw ServerError(.timedOut, "did not happen within \(limit): \(what)\(reason)")
        }
        try await Task.sleep(for: pause)
        pause = min(pause * 2, .milliseconds(50))
    }
}
