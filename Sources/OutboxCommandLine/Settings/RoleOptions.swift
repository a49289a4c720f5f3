public import LibPQ

/// `--roles`, of the commands that migrate.
public enum RoleOptions {
    public static let roles = Flag(
        "roles", help: "make group roles for what works on the tables, each with the least it needs")
    public static let prefix = Option(
        "role-prefix",
        ValueParser<PQGroupRoles>(
            valueName: "text", allowed: "a letter, then a-z, 0-9 and _, 41 characters at most"
        ) { try? PQGroupRoles(prefix: $0) }, help: "what the group roles' names begin with", defaultText: "outbox_")

    /// What a command lists.
    public static let definitions = [roles.definition, prefix.definition]

    /// The names of the roles that are to be made; `nil` when none are.
    public static func names(_ invocation: Invocation) throws -> PQGroupRoles? {
        guard invocation[roles] else {
            if invocation[prefix] != nil { throw UsageError("--role-prefix is for --roles") }
            return nil
        }
        return try invocation[prefix] ?? PQGroupRoles()
    }

    /// Says which roles there are now, and how they are given to login roles.
    ///
    /// - Parameter kinds: those that were made.
    public static func report(_ roles: PQGroupRoles, _ kinds: [String]) {
        let names = kinds.map(roles.name)
        Console.standardOutput.writeLine("group roles: \(names.joined(separator: ", "))")
        Console.standardOutput.writeLine(
            "make the roles that log in their members, each of what it does: GRANT \(names.first ?? "") TO …")
    }

    /// Says what to do where the roles could not be made for want of a right.
    ///
    /// - Parameter command: what prints the SQL.
    public static func advised(_ error: any Error, command: String) -> any Error {
        guard let error = error as? PQError, error.sqlState == "42501" else { return error }
        return PQError(
            .server,
            "\(error.message): making roles takes CREATEROLE, granting takes the tables' owner; `\(command)` prints the "
                + "SQL for who may", sqlState: error.sqlState)
    }
}
