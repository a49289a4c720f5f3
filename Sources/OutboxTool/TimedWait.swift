import OutboxCommandLine

/// `--wait` and `--within`: looks until nothing is left to wait for, or time is up.
struct TimedWait {
    private static let within = Option(
        "within", .duration(.seconds(1) ... .seconds(86_400)), help: "how long to wait", defaultText: "60s")

    let limit: Duration

    static func definitions(_ flag: Flag) -> [OptionDefinition] { [flag.definition, within.definition] }

    /// - Parameter flag: `--wait`, with what it means for the command.
    /// - Returns: `nil` when the command is not to wait.
    /// - Throws: `UsageError` for a time without `--wait`.
    init?(_ invocation: Invocation, _ flag: Flag) throws(UsageError) {
        let limit = invocation[Self.within]
        guard invocation[flag] else {
            if limit != nil { throw UsageError("--within is for --wait") }
            return nil
        }
        self.limit = limit ?? .seconds(60)
    }

    /// - Parameters:
    ///   - name: what the progress counts.
    ///   - pause: the time between two looks.
    ///   - look: what is seen, and how many are left.
    /// - Returns: what was seen last, and the fewest that were left.
    func run<Sight>(
        _ name: String, every pause: Duration, isQuiet: Bool = false, look: () async throws -> (sight: Sight, left: Int)
    ) async throws -> (sight: Sight, left: Int) {
        let deadline = ContinuousClock.now + limit
        var last = try await look()
        guard last.left > 0 else { return last }
        let progress = Progress(name, total: last.left, isQuiet: isQuiet)
        while last.left > 0, ContinuousClock.now < deadline {
            try await Task.sleep(for: pause)
            let now = try await look()
            if now.left < last.left { progress.advance(by: last.left - now.left) }
            last = (now.sight, min(last.left, now.left))
        }
        progress.finish()
        return last
    }
}
