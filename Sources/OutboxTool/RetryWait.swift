import FoundationEssentials
import IdempotentConsumer
import OutboxCommandLine

/// `outbox dead-letters retry --wait`: looks at the aggregates until none is being retried, or time is up.
struct RetryWait {
    private static let flag = Flag(
        "wait", help: "wait until what is tried anew has been; exit status 1 if it can't be applied, or not in time")
    static let definitions = TimedWait.definitions(flag) + [InterruptibleWork.quiet.definition]

    private let wait: TimedWait
    private let isQuiet: Bool

    /// - Returns: `nil` when the command is not to wait.
    /// - Throws: `UsageError` for a time without `--wait`.
    init?(_ invocation: Invocation) throws(UsageError) {
        guard let wait = try TimedWait(invocation, Self.flag) else { return nil }
        self.wait = wait
        isQuiet = invocation[InterruptibleWork.quiet]
    }

    /// - Parameters:
    ///   - letters: of the consumer, told to retry just now.
    ///   - before: what it had on hold before that.
    func run(_ letters: DeadLetters, before: [HeldAggregate]) async throws -> ExitCode {
        let (wait, isQuiet) = (wait, isQuiet)
        return try await InterruptibleWork.run(
            howToGoOn: "it is only the looking that has ended; `outbox dead-letters list --state all` looks again"
        ) {
            let left = try await wait.run("aggregates tried anew", every: .milliseconds(300), isQuiet: isQuiet) {
                ((), try await Self.list(letters, .retrying).count)
            }.left
            let known = Set(before.map(Decision.init))
            let again = try await Self.list(letters, .dead).count { !known.contains(Decision($0)) }
            if left > 0 { Console.standardError.writeLine("error: \(left) wait for their next attempt") }
            if again > 0 { Console.standardError.writeLine("error: \(again) failed again, and wait for you") }
            return left > 0 || again > 0 ? .failure : .success
        }
    }

    /// All in a state.
    static func list(_ letters: DeadLetters, _ state: HeldAggregate.State) async throws -> [HeldAggregate] {
        try await letters.list(state, limit: 1_000_000)
    }

    /// An aggregate that was left to an operator at some moment.
    private struct Decision: Hashable {
        let type, id: String
        let since: Date?

        init(_ aggregate: HeldAggregate) {
            (type, id, since) = (aggregate.aggregateType, aggregate.aggregateID, aggregate.deadAt)
        }
    }
}
