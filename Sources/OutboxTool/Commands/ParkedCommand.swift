import FoundationEssentials
import Outbox
import OutboxCommandLine

/// `outbox parked`
enum ParkedCommand {
    static let command = Command(
        "parked", summary: "Parked events: their retries are used up, and their aggregates wait for you.",
        subcommands: [list, show, retry, discard, park])

    private static let after = Option(
        "after", .integer(0 ... .max), help: "only those after this sequence", defaultValue: 0)
    private static let which = HeldOptions("parked events")
    private static let waiting = HeldOptions("events that wait")
    private static let settings = StandardSettings.database

    private static let list = Command(
        "list", summary: "Lists parked events with their reasons and how many events wait behind each.",
        options: [which.aggregate.definition, which.type.definition]
            + [OperatorOptions.limit.definition, after.definition, OperatorOptions.json.definition],
        settings: settings
    ) { invocation in
        let selection = try which.optionalSelection(invocation) ?? .all
        let limit = invocation[OperatorOptions.limit] ?? 100
        let entries = try await OperatorOptions.withPool(invocation) { pool in
            try await ParkedEvents(pool: pool).list(selection, limit: limit, after: Int64(invocation[after] ?? 0))
        }
        if invocation[OperatorOptions.json] {
            Console.standardOutput.writeLine(try JSONOutput.text(entries))
            return .success
        }
        guard !entries.isEmpty else {
            Console.standardOutput.writeLine("no parked events")
            return .success
        }
        var table = TextTable([
            .init("sequence", .right), .init("event id"), .init("event type"), .init("aggregate"),
            .init("parked"), .init("retries", .right), .init("waiting", .right), .init("reason", maximumWidth: 100),
        ])
        for entry in entries {
            let event = entry.event
            let age = event.parkedAt.map(Readable.ago)
            table.add([
                "\(event.sequence)", event.eventID.uuidString.lowercased(), event.eventType,
                "\(event.aggregateType):\(event.aggregateID)", age ?? "", "\(event.retryCount)",
                "\(entry.waiting)", event.lastError ?? "",
            ])
        }
        Console.standardOutput.writeLine(table.text)
        if entries.count == limit, let last = entries.last {
            OperatorOptions.tellOfMore("--after \(last.event.sequence)")
        }
        return .success
    }

    private static let show = Command(
        "show", summary: "Shows an event of the outbox, whole, as JSON.",
        arguments: [Argument("event-id", help: "the event's id, a UUID")], settings: settings
    ) { invocation in
        let id = try HeldOptions.eventID(invocation.arguments[0])
        let event = try await OperatorOptions.withPool(invocation) { try await ParkedEvents(pool: $0).event(id) }
        guard let event else {
            Console.standardError.writeLine("error: the outbox holds no event \(invocation.arguments[0])")
            return .failure
        }
        Console.standardOutput.writeLine(try JSONOutput.text(event))
        return .success
    }

    private static let retry = Command(
        "retry", summary: "Lets parked events be tried anew; what waits behind them follows in order.",
        options: which.definitions + [OperatorOptions.actor.definition, OperatorOptions.reason.definition],
        arguments: [HeldOptions.eventID], settings: settings
    ) { invocation in
        let selection = try which.selection(invocation)
        let actor = try OperatorOptions.actor(invocation)
        let count = try await OperatorOptions.withPool(invocation) { pool in
            try await ParkedEvents(pool: pool).retry(
                selection, actor: actor, reason: invocation[OperatorOptions.reason])
        }
        return OperatorOptions.report(count, "will be tried anew", none: "no parked event matches")
    }

    private static let discard = Command(
        "discard", summary: "Gives parked events up: they will never be published. The audit keeps them.",
        options: which.definitions + [OperatorOptions.actor.definition, OperatorOptions.reason.definition],
        arguments: [HeldOptions.eventID], settings: settings
    ) { invocation in
        let selection = try which.selection(invocation)
        let actor = try OperatorOptions.actor(invocation)
        guard let reason = invocation[OperatorOptions.reason] else {
            throw UsageError("discard needs --reason: the audit keeps why the event was given up")
        }
        let count = try await OperatorOptions.withPool(invocation) { pool in
            try await ParkedEvents(pool: pool).discard(selection, actor: actor, reason: reason)
        }
        return OperatorOptions.report(
            count, "given up; outbox_audit keeps them", none: "no parked event matches")
    }

    private static let park = Command(
        "park", summary: "Parks events that wait, such as those of a topic that will never be there, to discard them.",
        options: [waiting.aggregate.definition, waiting.type.definition]
            + [OperatorOptions.actor.definition, OperatorOptions.reason.definition],
        arguments: [HeldOptions.eventID], settings: settings
    ) { invocation in
        guard let selection = try waiting.optionalSelection(invocation) else {
            throw UsageError("say which events are meant by one of: an event id, --aggregate, --type")
        }
        let actor = try OperatorOptions.actor(invocation)
        guard let reason = invocation[OperatorOptions.reason] else {
            throw UsageError("park needs --reason: it becomes the events' error, and the audit keeps it")
        }
        let count = try await OperatorOptions.withPool(invocation) { pool in
            try await ParkedEvents(pool: pool).park(selection, actor: actor, reason: reason)
        }
        return OperatorOptions.report(
            count, "parked; their aggregates are on hold", none: "no event that waits matches")
    }
}
