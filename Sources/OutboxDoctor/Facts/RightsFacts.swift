import LibPQ

/// What the role may do, and what it may do beyond its purpose.
struct RightsFacts: Sendable {
    /// A right that a purpose needs.
    struct Right: Sendable, Hashable {
        enum Kind: Sendable, Hashable { case table, sequence, function }
        let kind: Kind
        let name: String
        let privilege: String
        /// For a right on one column only.
        var column: String?
    }

    var role: String
    var missing: [Right] = []
    var isSuperuser = false
    var ownsTable = false
    var mayCreateInSchema = false
    var mayMakeRoles = false

    static func read(
        _ connection: PQConnection, purpose: DoctorConfiguration.Purpose, schema: SchemaFacts
    ) async throws -> RightsFacts {
        let general = try await connection.query(
            """
            SELECT current_user::text, r.rolsuper, pg_has_role(c.relowner, 'USAGE'),
                has_schema_privilege(c.relnamespace, 'CREATE'), r.rolcreaterole OR r.rolcreatedb OR r.rolbypassrls
            FROM pg_class c, pg_roles r WHERE c.oid = 'outbox_events'::regclass AND r.rolname = current_user
            """)
        let (role, isSuperuser, owns, mayCreate, mayMake) = try general[0].decode(
            (String, Bool, Bool, Bool, Bool).self)
        var facts = RightsFacts(
            role: role, isSuperuser: isSuperuser, ownsTable: owns, mayCreateInSchema: mayCreate, mayMakeRoles: mayMake)
        for right in needed(for: purpose) where !schema.missing.contains(right.name) {
            if try await !isGranted(right, connection) { facts.missing.append(right) }
        }
        return facts
    }

    static func needed(for purpose: DoctorConfiguration.Purpose) -> [Right] {
        func table(_ name: String, _ privileges: String...) -> [Right] {
            privileges.map { Right(kind: .table, name: name, privilege: $0) }
        }
        switch purpose {
        case .dispatcher:
            return table("outbox_events", "SELECT", "UPDATE", "DELETE")
                + [Right(kind: .sequence, name: "outbox_events_id_seq", privilege: "SELECT")]
                + table("outbox_lanes", "SELECT", "UPDATE")
                + table("outbox_dispatchers", "SELECT", "INSERT", "UPDATE", "DELETE")
                + table("outbox_retention", "SELECT", "UPDATE")
                + [Right(kind: .function, name: "outbox_keep_partitions(interval)", privilege: "EXECUTE")]
        case .writer:
            return table("outbox_events", "INSERT")
                + [
                    Right(kind: .table, name: "outbox_events", privilege: "SELECT", column: "id"),
                    Right(kind: .sequence, name: "outbox_events_id_seq", privilege: "USAGE"),
                ]
        case .operator:
            return table("outbox_events", "SELECT", "UPDATE", "DELETE") + table("outbox_lanes", "SELECT")
                + table("outbox_dispatchers", "SELECT")
                + [Right(kind: .table, name: "outbox_dispatchers", privilege: "UPDATE", column: "drained_at")]
                + table("outbox_audit", "SELECT", "INSERT")
                + [Right(kind: .sequence, name: "outbox_audit_id_seq", privilege: "USAGE")]
        }
    }

    /// Rights that were given on some columns are taken for enough: which ones are needed, the statements show.
    private static func isGranted(_ right: Right, _ connection: PQConnection) async throws -> Bool {
        let statement: PQStatement
        switch (right.kind, right.column, right.privilege) {
        case (.function, _, _):
            statement = "SELECT coalesce(has_function_privilege(to_regprocedure(\(right.name)), 'EXECUTE'), TRUE)"
        case (.sequence, _, let privilege):
            statement = "SELECT coalesce(has_sequence_privilege(to_regclass(\(right.name)), \(privilege)), TRUE)"
        case (.table, let column?, let privilege):
            statement = "SELECT has_column_privilege(to_regclass(\(right.name)), \(column), \(privilege))"
        case (.table, nil, "DELETE"):
            statement = "SELECT has_table_privilege(to_regclass(\(right.name)), 'DELETE')"
        case (.table, nil, let privilege):
            statement = "SELECT has_any_column_privilege(to_regclass(\(right.name)), \(privilege))"
        }
        return try await connection.query(statement)[0].decode(0, as: Bool?.self) ?? false
    }
}
