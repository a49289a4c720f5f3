import OutboxCommandLine

extension RightsFacts {
    func findings(purpose: DoctorConfiguration.Purpose) -> [Finding] {
        var findings: [Finding] = []
        if missing.isEmpty {
            findings.append(
                Finding(.rights, .schema, .ok, "the role \(role) may do all that \(purpose.described) needs"))
        } else {
            findings.append(
                Finding(
                    .roleWithoutRights, .schema, .error,
                    "the role \(role) lacks, for \(purpose.described): "
                        + missing.map { "\($0.privilege) on \($0.described)" }.joined(separator: ", "),
                    why: purpose == .dispatcher
                        ? "The dispatcher takes a refusal for an outage, and waits." : "Its statements are refused.",
                    advice: "as the tables' owner; or have it join the group role of \(purpose.rawValue)s that"
                        + " `outbox migrate --roles` makes",
                    commands: [Readable.sql(grants.joined(separator: "; "))]))
        }
        let surplus = [
            isSuperuser ? "is a superuser" : nil, ownsTable && !isSuperuser ? "owns outbox_events" : nil,
            mayCreateInSchema && !isSuperuser && !ownsTable ? "may create in the tables' schema" : nil,
            mayMakeRoles && !isSuperuser ? "may make roles or databases, or passes row security by" : nil,
        ].compactMap { $0 }
        if !surplus.isEmpty {
            findings.append(
                Finding(
                    .roleWithTooManyRights, .schema, .warning, "the role \(role) \(surplus.joined(separator: ", "))",
                    why: "Whoever gets at this process may change or drop the tables.",
                    advice: "let an owner run `outbox migrate`, and processes use a role with no more than they need"))
        }
        return findings
    }

    /// One GRANT for each object.
    private var grants: [String] {
        var objects: [(name: String, privileges: [String])] = []
        for right in missing {
            if let index = objects.firstIndex(where: { $0.name == right.target }) {
                objects[index].privileges.append(right.grantable)
            } else {
                objects.append((right.target, [right.grantable]))
            }
        }
        return objects.map { object in
            "GRANT \(object.privileges.joined(separator: ", ")) ON \(object.name) TO \(SchemaFacts.name(role))"
        }
    }
}

extension DoctorConfiguration.Purpose {
    fileprivate var described: String { self == .operator ? "an operator" : "a \(rawValue)" }
}

extension RightsFacts.Right {
    fileprivate var described: String { name + (column.map { ".\($0)" } ?? "") }
    fileprivate var grantable: String { privilege + (column.map { " (\($0))" } ?? "") }

    fileprivate var target: String {
        switch kind {
        case .table: name
        case .sequence: "SEQUENCE \(name)"
        case .function: "FUNCTION \(name)"
        }
    }
}
