/// Names of group roles: roles that can't log in, of which login roles are made members.
public struct PQGroupRoles: Sendable, Hashable {
    /// The table in which a database records its group roles, so that later migrations grant them what they add.
    static let table = "outbox_roles"

    /// What the roles' names begin with; the kind follows.
    public let prefix: String

    /// Checks a prefix, for what takes it from outside.
    public static func isAllowed(prefix: String) -> Bool { prefix.wholeMatch(of: /[a-z][a-z0-9_]{0,40}/) != nil }

    /// - Parameter prefix: begins with a letter; small letters, digits and underscores, 41 at most.
    /// - Throws: ``PQError/Code/usage`` for any other.
    public init(prefix: String = "outbox_") throws(PQError) {
        guard Self.isAllowed(prefix: prefix) else {
            throw PQError(.usage, "roles can't be named after a prefix that is not made of a-z, 0-9 and _")
        }
        self.prefix = prefix
    }

    /// The name of the role of a kind.
    public func name(of kind: String) -> String { prefix + kind }
}
