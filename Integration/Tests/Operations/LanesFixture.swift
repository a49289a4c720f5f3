import FoundationEssentials
import Outbox
import Servers
import Testing

/// An outbox with dispatchers that are rows only, and so do nothing of what they are told.
struct LanesFixture {
    let database: TestDatabase

    static func make(lanes: Int = 8) async throws -> LanesFixture {
        LanesFixture(database: try await TestDatabase.make("lanes", lanes: lanes))
    }

    /// A dispatcher that owns lanes.
    ///
    /// - Parameters:
    ///   - lanes: which ones, as SQL's end of `lane …`.
    ///   - seconds: until its leases end.
    func addDispatcher(_ name: String, lanes: String = "< 0", leaseEnds seconds: Int = 600) async throws {
        try await database.run(
            """
            INSERT INTO outbox_dispatchers (instance, incarnation, seen_until, lanes)
            VALUES ('\(name)', gen_random_uuid(), now() + interval '\(seconds) s', 8);
            UPDATE outbox_lanes SET owner = '\(name)', epoch = epoch + 1, lease_until = now() + interval '\(seconds) s'
            WHERE lane \(lanes)
            """)
    }

    /// Runs `outbox` to its end, good or bad.
    ///
    /// - Parameters:
    ///   - command: words apart from each other by spaces.
    ///   - url: the database, as another role.
    func ran(_ command: String, url: String? = nil) async throws -> Chain.Ran {
        try await Self.ran(command, url: url ?? database.url(as: .operator))
    }

    static func ran(_ command: String, url: String) async throws -> Chain.Ran {
        let process = try BuiltTool.outbox.start(
            command.split(separator: " ").map(String.init), environment: ["DATABASE_URL": url])
        let status = try await process.waitForExit(within: .seconds(60))
        return Chain.Ran(status: status, output: process.output.text, errors: process.errorOutput.text)
    }

    /// What operators did to dispatchers, the first first: `lanes.drain a by ada: why`.
    static func audit(_ database: TestDatabase) async throws -> [String] {
        try await AuditLog(pool: database.pool).list(AuditLog.Filter()).reversed().map { entry in
            let instance = entry.details?["instance"]?.stringValue ?? ""
            return "\(entry.action) \(instance) by \(entry.actor): \(entry.reason ?? "")"
        }
    }
}

extension Chain.Ran {
    /// The standard output as JSON.
    var json: JSONValue { get throws { try JSONValue(parsing: Array(output.utf8)) } }
}
