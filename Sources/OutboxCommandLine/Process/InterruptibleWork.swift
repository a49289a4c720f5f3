import Synchronization

/// Long work that SIGINT (Ctrl-C) or SIGTERM stops in an orderly way, with a word on how to go on.
public enum InterruptibleWork {
    public static let quiet = Flag("quiet", help: "no progress")

    /// Runs `body`; a signal cancels it, and a second one ends the process at once.
    ///
    /// - Parameters:
    ///   - howToGoOn: what is told when it was stopped before its end.
    ///   - body: ends soon when its task is cancelled, and leaves nothing half-done.
    /// - Returns: what `body` returns, also when it came to its end in spite of a signal.
    /// - Throws: what `body` throws; `CancellationError` when it was stopped, which has been told by then.
    public static func run<Result: Sendable>(
        howToGoOn: String, _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        let work = Task { try await body() }
        let isStopped = Atomic(false)
        do {
            return try await TerminationSignals.whileRunning(
                stop: { _ in
                    isStopped.store(true, ordering: .relaxed)
                    work.cancel()
                }, { try await work.value })
        } catch {
            guard isStopped.load(ordering: .relaxed) else { throw error }
            // The bar, if there is one, has not ended its line.
            if Console.standardError.isTerminal { Console.standardError.writeLine() }
            Console.standardError.writeLine("stopped: \(howToGoOn)")
            throw CancellationError()
        }
    }
}
