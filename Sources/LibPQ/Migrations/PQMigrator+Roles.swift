extension PQMigrator {
    /// The kinds of roles that the schema's grants name, in the order of their first.
    public var roleKinds: [String] {
        var kinds: [String] = []
        for kind in grants.flatMap(\.kinds) where !kinds.contains(kind) { kinds.append(kind) }
        return kinds
    }

    /// Makes the group roles that are not there, and grants each what its kind needs of this schema, no more. Can be
    /// repeated.
    ///
    /// The database remembers the roles: a later ``apply(on:)`` grants them what its steps have added.
    ///
    /// - Parameters:
    ///   - roles: their names.
    ///   - connection: of the tables' owner, with the schema up to date; who may create roles, unless they are there.
    /// - Throws: `PQError`; then nothing was made or granted.
    public func makeRoles(_ roles: PQGroupRoles, on connection: PQConnection) async throws {
        try await withLock(on: connection) {
            try await connection.withTransaction { try await $0.run(script: rolesScript(roles)) }
        }
    }

    /// What ``makeRoles(_:on:)`` does, as SQL for who may create roles.
    public func rolesScript(_ roles: PQGroupRoles) -> String {
        let names = roleKinds.map { (kind: $0, name: roles.name(of: $0)) }
        let makes = names.map {
            """
            DO $$ BEGIN
                IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '\($0.name)') THEN CREATE ROLE \($0.name) NOLOGIN; END IF;
            EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
            END $$;
            """
        }
        let records = names.map { "('\($0.kind)', '\($0.name)')" }.joined(separator: ", ")
        let list = names.map { "'\($0.name)'" }.joined(separator: ", ")
        return
            (makes + [
                """
                -- Which roles this database has, for the grants of later migrations.
                CREATE TABLE IF NOT EXISTS \(PQGroupRoles.table) (
                    kind TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (kind, name));
                INSERT INTO \(PQGroupRoles.table) VALUES \(records) ON CONFLICT DO NOTHING;
                GRANT SELECT ON \(PQGroupRoles.table) TO PUBLIC;
                DO $$
                DECLARE
                    role TEXT;
                    migrator REGROLE := (SELECT relowner FROM pg_class WHERE oid = '\(table)'::REGCLASS);
                BEGIN
                    IF migrator <> (SELECT relowner FROM pg_class WHERE oid = '\(PQGroupRoles.table)'::REGCLASS) THEN
                        EXECUTE format('ALTER TABLE \(PQGroupRoles.table) OWNER TO %s', migrator);
                    END IF;
                    FOREACH role IN ARRAY ARRAY[\(list)] LOOP
                        IF NOT has_schema_privilege(role, current_schema(), 'USAGE') THEN
                            EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', current_schema(), role);
                        END IF;
                    END LOOP;
                END $$;
                """
            ] + names.flatMap { statements(kind: $0.kind, role: $0.name) }).joined(separator: "\n")
    }

    /// Grants the roles that the database has recorded what they need of the schema as it is now.
    func grantToRecordedRoles(on connection: PQConnection) async throws {
        guard !grants.isEmpty else { return }
        let exists = try await connection.query("SELECT to_regclass(\(PQGroupRoles.table)) IS NOT NULL")
        guard try exists[0].decode(0, as: Bool.self) else { return }
        let roles = try await connection.query(
            """
            SELECT kind, quote_ident(name) FROM \(unsafe: PQGroupRoles.table)
            JOIN pg_roles ON rolname = name ORDER BY kind, name
            """)
        let granting = try roles.rows.flatMap { row in
            let (kind, role) = try row.decode((String, String).self)
            return statements(kind: kind, role: role)
        }
        guard !granting.isEmpty else { return }
        try await connection.withTransaction { try await $0.run(script: granting.joined(separator: "\n")) }
    }

    private func statements(kind: String, role: String) -> [String] {
        grants.filter { $0.kinds.contains(kind) }.map { $0.statement(for: role) }
    }
}
