/// A right that goes with a schema, for some kinds of group roles.
public struct PQGrant: Sendable, Hashable {
    /// As in a `GRANT`, e.g. `SELECT, UPDATE (drained_at)`.
    public let privileges: String
    /// As in a `GRANT`, e.g. `outbox_lanes`, `SEQUENCE outbox_events_id_seq`.
    public let object: String
    /// The kinds of roles, e.g. `dispatcher`.
    public let kinds: [String]
    /// Whether the object is a table that not every database has.
    public let isOptional: Bool

    /// - Parameters:
    ///   - privileges: what follows `GRANT`.
    ///   - object: what follows `ON`.
    ///   - kinds: the kinds of roles that need it.
    ///   - isOptional: the object is a table, and nothing is granted while it isn't there.
    public init(_ privileges: String, on object: String, to kinds: String..., isOptional: Bool = false) {
        self.privileges = privileges
        self.object = object
        self.kinds = kinds
        self.isOptional = isOptional
    }

    /// The statement for one role.
    func statement(for role: String) -> String {
        let grant = "GRANT \(privileges) ON \(object) TO \(role)"
        guard isOptional else { return grant + ";" }
        return """
            DO $$ BEGIN
                IF to_regclass('\(object)') IS NOT NULL THEN \(grant); END IF;
            END $$;
            """
    }
}
