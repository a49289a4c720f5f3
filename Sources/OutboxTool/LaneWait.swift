import Outbox
import OutboxCommandLine

/// `--wait`: looks at the shares until the lanes are where they should be, or time is up.
struct LaneWait {
    static let flag = Flag("wait", help: "wait until the lanes have moved; exit status 1 if they have not in time")
    static let within = Option(
        "within", .duration(.seconds(1) ... .seconds(86_400)), help: "how long to wait", defaultText: "60s")
    static let definitions = [flag.definition, within.definition]

    let limit: Duration

    /// - Returns: `nil` when the command is not to wait.
    /// - Throws: `UsageError` for a time without `--wait`.
    init?(_ invocation: Invocation) throws(UsageError) {
        let limit = invocation[Self.within]
        guard invocation[Self.flag] else {
            if limit != nil { throw UsageError("--within is for --wait") }
            return nil
        }
        self.limit = limit ?? .seconds(60)
    }

    /// - Parameters:
    ///   - lanes: where to look.
    ///   - left: how many lanes are still not where they should be.
    /// - Returns: the shares as they were seen last; some may be left.
    /// - Throws: `PQError`, and what `left` throws.
    func run(_ lanes: Lanes, left: (LaneShares) throws -> Int) async throws -> LaneShares {
        let deadline = ContinuousClock.now + limit
        var shares = try await lanes.shares()
        var last = try left(shares)
        guard last > 0 else { return shares }
        let progress = Progress("lanes moved", total: last)
        while last > 0, ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(200))
            shares = try await lanes.shares()
            let now = try left(shares)
            if now < last { progress.advance(by: last - now) }
            last = min(last, now)
        }
        progress.finish()
        return shares
    }
}
