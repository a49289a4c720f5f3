import Outbox
import OutboxCommandLine

/// `--wait`: looks at the shares until the lanes are where they should be, or time is up.
struct LaneWait {
    static let flag = Flag("wait", help: "wait until the lanes have moved; exit status 1 if they have not in time")
    static let definitions = TimedWait.definitions(flag)

    private let wait: TimedWait
    var limit: Duration { wait.limit }

    /// - Returns: `nil` when the command is not to wait.
    /// - Throws: `UsageError` for a time without `--wait`.
    init?(_ invocation: Invocation) throws(UsageError) {
        guard let wait = try TimedWait(invocation, Self.flag) else { return nil }
        self.wait = wait
    }

    /// - Parameters:
    ///   - lanes: where to look.
    ///   - left: how many lanes are still not where they should be.
    /// - Returns: the shares as they were seen last; some may be left.
    /// - Throws: `PQError`, and what `left` throws.
    func run(_ lanes: Lanes, left: (LaneShares) throws -> Int) async throws -> LaneShares {
        try await wait.run("lanes moved", every: .milliseconds(200)) {
            let shares = try await lanes.shares()
            return (shares, try left(shares))
        }.sight
    }
}
