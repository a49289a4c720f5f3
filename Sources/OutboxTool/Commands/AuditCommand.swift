import FoundationEssentials
import Outbox
import OutboxCommandLine

/// `outbox audit`
enum AuditCommand {
    static let command = Command(
        "audit", summary: "What operators did to the outbox: who, when, to what, and why.", subcommands: [list])

    private static let action = Option(
        "action", .text("action"), help: "an action or a group of them, e.g. parked.discard or parked")
    private static let actor = Option("actor", .text("name"), help: "who did it")
    private static let event = Option("event", .uuid, help: "to which event")
    private static let aggregate = Option("aggregate", .aggregate, help: "to which aggregate")
    private static let type = Option("type", .text("type"), help: "to which aggregate type")
    private static let before = Option("before", .integer(1 ... .max), help: "only those before this entry; for paging")

    private static let list = Command(
        "list", summary: "Lists what was done, the latest first.",
        options: [
            action.definition, actor.definition, event.definition, aggregate.definition, type.definition,
            OperatorOptions.since.definition, OperatorOptions.until.definition, OperatorOptions.limit.definition,
            before.definition, OperatorOptions.json.definition,
        ], settings: StandardSettings.database
    ) { invocation in
        let filter = try filter(invocation)
        let limit = invocation[OperatorOptions.limit] ?? 100
        let entries = try await OperatorOptions.withPool(invocation) { pool in
            try await AuditLog(pool: pool).list(filter, limit: limit, before: Int64(invocation[before] ?? .max))
        }
        if invocation[OperatorOptions.json] {
            Console.standardOutput.writeLine(try JSONOutput.text(entries))
        } else if entries.isEmpty {
            Console.standardOutput.writeLine("nothing was done")
        } else {
            Console.standardOutput.writeLine(table(of: entries).text)
            if entries.count == limit, let last = entries.last { OperatorOptions.tellOfMore("--before \(last.id)") }
        }
        return .success
    }

    private static func filter(_ invocation: Invocation) throws(UsageError) -> AuditLog.Filter {
        if let name = invocation[aggregate], let type = invocation[type], name.type != type {
            throw UsageError("--aggregate and --type name different aggregate types")
        }
        var filter = AuditLog.Filter()
        filter.action = invocation[action]
        filter.actor = invocation[actor]
        filter.eventID = invocation[event]
        filter.aggregateType = invocation[aggregate]?.type ?? invocation[type]
        filter.aggregateID = invocation[aggregate]?.id
        (filter.since, filter.until) = try OperatorOptions.span(invocation)
        return filter
    }

    private static func table(of entries: [AuditLog.Entry]) -> TextTable {
        var table = TextTable([
            .init("entry", .right), .init("at"), .init("actor", maximumWidth: 30), .init("action"), .init("of"),
            .init("reason", maximumWidth: 60), .init("details", maximumWidth: 120),
        ])
        for entry in entries {
            let aggregate = entry.aggregateType.map { "\($0):\(entry.aggregateID ?? "")" } ?? ""
            let event = entry.eventID.map { $0.uuidString.lowercased() } ?? ""
            table.add([
                "\(entry.id)", String(RFC3339.format(entry.at).prefix(19)) + "Z", entry.actor, entry.action,
                [aggregate, event].filter { !$0.isEmpty }.joined(separator: " "), entry.reason ?? "",
                entry.details.map { String(decoding: $0.serialized(), as: UTF8.self) } ?? "",
            ])
        }
        return table
    }
}
