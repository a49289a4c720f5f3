import FoundationEssentials
import Outbox
import OutboxCommandLine

/// `outbox holds`
enum HoldsCommand {
    static let command = Command(
        "holds", summary: "Aggregates on hold: an event of theirs failed, and the others wait behind it.",
        subcommands: [list, release])

    private static let after = Option(
        "after", .integer(0 ... .max), help: "only those held by an event after this sequence", defaultValue: 0)
    private static let type = Option("type", .text("type"), help: "only those of an aggregate type")
    private static let which = HeldOptions("failed events")
    private static let resetRetries = Flag(
        "reset-retries", help: "count them as never failed, so that all retries are before them again")
    private static let settings = StandardSettings.database

    private static let list = Command(
        "list", summary: "Lists aggregates on hold: since when, until when, why, and how many events wait.",
        options: [
            type.definition, OperatorOptions.limit.definition, after.definition, OperatorOptions.json.definition,
        ], settings: settings
    ) { invocation in
        let limit = invocation[OperatorOptions.limit] ?? 100
        let entries = try await OperatorOptions.withPool(invocation) { pool in
            try await Holds(pool: pool).list(
                aggregateType: invocation[type], limit: limit, after: Int64(invocation[after] ?? 0))
        }
        if invocation[OperatorOptions.json] {
            Console.standardOutput.writeLine(try JSONOutput.text(entries))
            return .success
        }
        guard !entries.isEmpty else {
            Console.standardOutput.writeLine("no aggregates on hold")
            return .success
        }
        var table = TextTable([
            .init("sequence", .right), .init("aggregate"), .init("event type"), .init("written"), .init("next try"),
            .init("attempts", .right), .init("waiting", .right), .init("reason", maximumWidth: 100),
        ])
        for entry in entries {
            let age = Readable.seconds(max(0, -entry.since.timeIntervalSinceNow))
            let next = entry.until.map { "in \(Readable.seconds(max(0, $0.timeIntervalSinceNow)))" }
            table.add([
                "\(entry.sequence)", "\(entry.aggregateType):\(entry.aggregateID)", entry.eventType, "\(age) ago",
                next ?? "parked", "\(entry.attempts)", "\(entry.waiting)", entry.reason ?? "",
            ])
        }
        Console.standardOutput.writeLine(table.text)
        if entries.count == limit, let last = entries.last {
            OperatorOptions.tellOfMore("--after \(last.sequence)")
        }
        return .success
    }

    private static let release = Command(
        "release", summary: "Ends holds: failed events are tried again now instead of later.",
        discussion: """
            A dispatcher takes them within OUTBOX_DISPATCH_INTERVAL. Parked events are not meant: see `outbox parked`.
            """,
        options: which.definitions + [
            resetRetries.definition, OperatorOptions.actor.definition, OperatorOptions.reason.definition,
        ],
        arguments: [HeldOptions.eventID], settings: settings
    ) { invocation in
        let selection = try which.selection(invocation)
        let actor = try OperatorOptions.actor(invocation)
        let count = try await OperatorOptions.withPool(invocation) { pool in
            try await Holds(pool: pool).release(
                selection, resetsRetries: invocation[resetRetries], actor: actor,
                reason: invocation[OperatorOptions.reason])
        }
        return OperatorOptions.report(count, "will be tried now", none: "no event that waits for a retry matches")
    }
}
