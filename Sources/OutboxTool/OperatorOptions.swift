import FoundationEssentials
import LibPQ
import OutboxCommandLine

/// What the operators' commands have in common: their options, and a connection to the outbox's database.
enum OperatorOptions {
    static let json = Flag("json", help: "JSON for scripts")
    static let limit = Option("limit", .integer(1...100_000), help: "the most entries", defaultValue: 100)
    static let actor = Option("as", .text("name"), help: "who does it, for the audit (default: $USER)")
    static let reason = Option("reason", .text("text"), help: "why, for the audit")
    static let since = Option("since", .time, help: "from this time on: 2h ago, or 2026-01-31T09:30:00Z")
    static let until = Option("until", .time, help: "before this time")

    /// Who does it.
    static func actor(_ invocation: Invocation) throws(UsageError) -> String {
        if let name = invocation[actor] ?? ProcessInfo.processInfo.environment["USER"], !name.isEmpty { return name }
        throw UsageError("--as is not given and $USER is not set: the audit needs a name")
    }

    /// From when and until when; `nil` where there is no bound.
    static func span(_ invocation: Invocation) throws(UsageError) -> (since: Date?, until: Date?) {
        let now = Date.now
        let (since, until) = (invocation[since]?.date(now: now), invocation[until]?.date(now: now))
        if let since, let until, since >= until { throw UsageError("--since is not before --until: no time is meant") }
        return (since, until)
    }

    /// Lends connections to a database, the outbox's unless another is said.
    static func withPool<Result>(
        _ invocation: Invocation, to database: Setting<String> = StandardSettings.databaseURL, connections: Int = 1,
        _ body: (PQPool) async throws -> Result
    ) async throws -> Result {
        let pool = PQPool(
            PQConfiguration(
                url: try invocation.value(database),
                applicationName: invocation.path.joined(separator: " "),
                pooling: try invocation.value(StandardSettings.databasePooling)),
            maximumConnections: connections, acquireTimeout: .seconds(15))
        do {
            let result = try await body(pool)
            await pool.close()
            return result
        } catch {
            await pool.close()
            throw error
        }
    }

    /// Says how many events a change was made to.
    ///
    /// - Parameters:
    ///   - what: what happened to them.
    ///   - none: what to say when there were none, which is a failure.
    static func report(_ count: Int, _ what: String, none: String) -> ExitCode {
        guard count > 0 else {
            Console.standardError.writeLine("error: \(none)")
            return .failure
        }
        Console.standardOutput.writeLine("\(Readable.count(count, "event")) \(what)")
        return .success
    }

    /// Tells a person whose list is full how to see what comes behind it.
    static func tellOfMore(_ option: String) {
        Console.standardOutput.writeLine("There may be more: go on with \(option).")
    }
}
