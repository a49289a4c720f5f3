import LibPQ

/// The roles that log in to the databases of tests, demo and runbook: members of the group roles that `--roles` makes.
/// What migrates, and what tests do to tables by hand, is the owner's.
public enum DatabaseLogin: String, Sendable, CaseIterable {
    case writer, dispatcher, consumer, `operator`
    /// A service that writes events and dispatches them.
    case service

    /// The group roles of which it is a member.
    private var groups: [String] { self == .service ? ["outbox_writer", "outbox_dispatcher"] : ["outbox_\(rawValue)"] }

    /// What it logs in as.
    public var name: String { "test_\(rawValue)" }

    /// The same database, for this one.
    ///
    /// - Parameter url: the owner's.
    public func url(_ url: String) -> String {
        // A parameter wins over what stands before the host.
        url + (url.contains("?") ? "&" : "?") + "user=\(name)"
    }

    /// Makes those whose group roles are there, unless they are there already.
    public static let script = allCases.map { login in
        let groups = login.groups.map { "'\($0)'" }.joined(separator: ", ")
        return """
            DO $$ BEGIN
                IF (SELECT count(*) FROM pg_roles WHERE rolname IN (\(groups))) = \(login.groups.count)
                    AND NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '\(login.name)')
                THEN CREATE ROLE \(login.name) LOGIN IN ROLE \(login.groups.joined(separator: ", ")); END IF;
            EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
            END $$;
            """
    }.joined(separator: "\n")

    /// Makes those whose group roles are there.
    ///
    /// - Parameter url: a superuser's, of any of the server's databases.
    public static func makeAll(_ url: String) async throws {
        let connection = try await PQConnection.connect(PQConfiguration(url: url, applicationName: "Servers"))
        do {
            try await connection.run(script: script)
        } catch {
            await connection.close()
            throw error
        }
        await connection.close()
    }

    /// Who runs one of our tools; nil for the tables' owner.
    public static func of(_ tool: BuiltTool, _ arguments: [String]) -> DatabaseLogin? {
        switch (tool, arguments.first ?? "") {
        case (.outbox, "migrate"), (.workforce, "migrate"), (.workforce, "rebuild"): nil
        case (.outbox, "dispatch"): .dispatcher
        case (.outbox, _): .operator
        case (.workforce, "command"): arguments.contains("--dispatch") ? .service : .writer
        case (.workforce, "seed"): .writer
        case (.workforce, "consume"), (.workforce, "query"): .consumer
        default: nil
        }
    }
}
