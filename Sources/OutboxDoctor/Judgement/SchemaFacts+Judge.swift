import OutboxCommandLine

extension SchemaFacts {
    func findings(lanes: Int, role: String) -> [Finding] {
        if let elsewhere, !hasEvents { return [outOfSight(elsewhere, role: role)] }
        if !missing.isEmpty, !hasEvents || applied?.isEmpty ?? false {
            return [
                Finding(
                    .tableMissing, .schema, .error, "there is no table \(missing.joined(separator: ", "))",
                    why: "Writers can't save events, and dispatchers do not start.",
                    advice: "as the role that is to own the tables", commands: [migrate(lanes)])
            ]
        }
        var findings = steps(lanes: lanes)
        findings.append(index(lanes: lanes))
        return findings
    }

    private func outOfSight(_ elsewhere: (schema: String, isUsable: Bool), role: String) -> Finding {
        if elsewhere.isUsable {
            return Finding(
                .tableMissing, .schema, .error,
                "the table outbox_events is in the schema \(elsewhere.schema), which is not on the search path",
                why: "Nothing finds the table under its plain name.",
                commands: [
                    Readable.sql("ALTER ROLE \(Self.name(role)) SET search_path = \(Self.name(elsewhere.schema))")
                ])
        }
        return Finding(
            .roleWithoutRights, .schema, .error,
            "the role \(role) may not use the schema \(elsewhere.schema), where outbox_events is",
            why: "To this role the tables are not there.", advice: "as the schema's owner",
            commands: [
                Readable.sql("GRANT USAGE ON SCHEMA \(Self.name(elsewhere.schema)) TO \(Self.name(role))")
            ])
    }

    private func steps(lanes: Int) -> [Finding] {
        guard let applied else {
            return [
                Finding(
                    .notAllowedToLook, .schema, .note, "the schema's version could not be read",
                    why: "The role may not read outbox_migrations.",
                    commands: [Readable.sql("GRANT SELECT ON outbox_migrations TO PUBLIC")])
            ]
        }
        let (newest, newestKnown) = (applied.max() ?? 0, known.max() ?? 0)
        if newest > newestKnown {
            return [
                Finding(
                    .newerSchema, .schema, .warning,
                    "the schema has step \(newest), and this program knows \(newestKnown)",
                    why: "This program is older than the one that made the schema, and does not know what is new.",
                    advice: "install the newer version here too, and restart the dispatchers")
            ]
        }
        let waiting = known.subtracting(applied).sorted()
        guard waiting.isEmpty, missing.isEmpty else {
            let what =
                waiting.isEmpty
                ? "there is no table \(missing.joined(separator: ", "))"
                : "of \(known.count) steps of the schema, \(applied.count) are applied; missing: "
                    + waiting.map(String.init).joined(separator: ", ")
            return [
                Finding(
                    waiting.isEmpty ? .tableMissing : .oldSchema, .schema, .error, what,
                    why: "Dispatchers of this version need what is missing, or do not start.",
                    advice: "as the tables' owner; writers and dispatchers may go on meanwhile",
                    commands: [migrate(lanes)])
            ]
        }
        return [
            Finding(
                .schema, .schema, .ok,
                "all \(known.count) steps of the schema are applied"
                    + (isPartitioned ? "; the table is partitioned" : ""))
        ]
    }

    private func index(lanes: Int) -> Finding {
        let why = "A dispatcher with OUTBOX_DISPATCH_LANES=\(lanes) does not start without it."
        switch isLaneIndexValid {
        case true?: return Finding(.index, .schema, .ok, "the index for \(lanes) lanes is there and valid")
        case false?:
            return Finding(
                .laneIndexMissing, .schema, .error,
                "the index for \(lanes) lanes is not valid: building it was interrupted", why: why,
                commands: [migrate(lanes)])
        case nil:
            let others = otherLanes.sorted().map(String.init).joined(separator: ", ")
            return Finding(
                .laneIndexMissing, .schema, .error,
                "there is no index for \(lanes) lanes" + (others.isEmpty ? "" : "; there is one for \(others)"),
                why: why,
                advice: others.isEmpty ? nil : "or set OUTBOX_DISPATCH_LANES to \(others), for all dispatchers",
                commands: [migrate(lanes)])
        }
    }

    private func migrate(_ lanes: Int) -> String {
        lanes == 64 ? "outbox migrate" : "outbox migrate --dispatch-lanes \(lanes)"
    }

    /// A name as it may stand in a statement.
    static func name(_ name: String) -> String {
        let isPlain = name.utf8.allSatisfy {
            (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "_")
        }
        return isPlain && !(0x30...0x39).contains(name.utf8.first ?? 0x30)
            ? name : "\"\(name.replacing("\"", with: "\"\""))\""
    }
}
