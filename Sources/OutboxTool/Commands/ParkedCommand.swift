import FoundationEssentials
import LibPQ
import Outbox
import OutboxCommandLine

/// `outbox parked`
enum ParkedCommand {
    static let command = Command(
        "parked", summary: "Parked events: their retries are used up, and their aggregates wait for you.",
        subcommands: [list, show, retry, discard])

    private static let json = Flag("json", help: "JSON for scripts")
    private static let limit = Option("limit", .integer(1...100_000), help: "the most entries", defaultValue: 100)
    private static let after = Option(
        "after", .integer(0 ... .max), help: "only those after this sequence", defaultValue: 0)
    private static let aggregate = Option(
        "aggregate", .text("type:id"), help: "all parked events of an aggregate, e.g. position:P1000033")
    private static let type = Option("type", .text("type"), help: "all parked events of an aggregate type")
    private static let all = Flag("all", help: "all parked events")
    private static let actor = Option("as", .text("name"), help: "who does it, for the audit (default: $USER)")
    private static let reason = Option("reason", .text("text"), help: "why, for the audit")
    private static let settings = [StandardSettings.databaseURL.definition]
    private static let selection = [aggregate.definition, type.definition, all.definition]

    private static func withParked(
        _ invocation: Invocation, _ body: (ParkedEvents) async throws -> ExitCode
    ) async throws -> ExitCode {
        let pool = PQPool(
            PQConfiguration(
                url: try invocation.value(StandardSettings.databaseURL), applicationName: "outbox parked"),
            maximumConnections: 1, acquireTimeout: .seconds(15))
        do {
            let code = try await body(ParkedEvents(pool: pool))
            await pool.close()
            return code
        } catch {
            await pool.close()
            throw error
        }
    }

    private static let list = Command(
        "list", summary: "Lists parked events with their reasons and how many events wait behind each.",
        options: [limit.definition, after.definition, json.definition], settings: settings
    ) { invocation in
        try await withParked(invocation) { parked in
            let entries = try await parked.list(
                limit: invocation[limit] ?? 100, after: Int64(invocation[after] ?? 0))
            if invocation[json] {
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
                let age = event.parkedAt.map { DurationText.readable(seconds: -$0.timeIntervalSinceNow) + " ago" }
                table.add([
                    "\(event.sequence)", event.eventID.uuidString.lowercased(), event.eventType,
                    "\(event.aggregateType):\(event.aggregateID)", age ?? "", "\(event.retryCount)",
                    "\(entry.waiting)", event.lastError ?? "",
                ])
            }
            Console.standardOutput.writeLine(table.text)
            return .success
        }
    }

    private static let show = Command(
        "show", summary: "Shows an event of the outbox, whole, as JSON.",
        arguments: [Argument("event-id", help: "the event's id, a UUID")], settings: settings
    ) { invocation in
        let id = try eventID(invocation.arguments[0])
        return try await withParked(invocation) { parked in
            guard let event = try await parked.event(id) else {
                Console.standardError.writeLine("error: the outbox holds no event \(invocation.arguments[0])")
                return .failure
            }
            Console.standardOutput.writeLine(try JSONOutput.text(event))
            return .success
        }
    }

    private static let retry = Command(
        "retry", summary: "Lets parked events be tried anew; what waits behind them follows in order.",
        options: selection + [actor.definition, reason.definition],
        arguments: [Argument("event-id", help: "the event's id, a UUID", isRequired: false)], settings: settings
    ) { invocation in
        let selection = try selected(invocation)
        return try await withParked(invocation) { parked in
            let count = try await parked.retry(selection, actor: try actor(invocation), reason: invocation[reason])
            return report(count, "will be tried anew")
        }
    }

    private static let discard = Command(
        "discard", summary: "Gives parked events up: they will never be published. The audit keeps them.",
        options: selection + [actor.definition, reason.definition],
        arguments: [Argument("event-id", help: "the event's id, a UUID", isRequired: false)], settings: settings
    ) { invocation in
        let selection = try selected(invocation)
        guard let reason = invocation[reason] else {
            throw UsageError("discard needs --reason: the audit keeps why the event was given up")
        }
        return try await withParked(invocation) { parked in
            let count = try await parked.discard(selection, actor: try actor(invocation), reason: reason)
            return report(count, "given up; outbox_audit keeps them")
        }
    }

    private static func report(_ count: Int, _ what: String) -> ExitCode {
        guard count > 0 else {
            Console.standardError.writeLine("error: no parked event matches")
            return .failure
        }
        Console.standardOutput.writeLine("\(count) \(count == 1 ? "event" : "events") \(what)")
        return .success
    }

    private static func actor(_ invocation: Invocation) throws(UsageError) -> String {
        if let name = invocation[actor] ?? ProcessInfo.processInfo.environment["USER"], !name.isEmpty { return name }
        throw UsageError("--as is not given and $USER is not set: the audit needs a name")
    }

    private static func eventID(_ text: String) throws(UsageError) -> UUID {
        guard let id = UUID(uuidString: text) else {
            throw UsageError("\"\(text)\" is not an event id: a UUID such as 018f3c1e-8d2a-7b31-9c57-2f6f1f0f6a11")
        }
        return id
    }

    private static func selected(_ invocation: Invocation) throws(UsageError) -> ParkedEvents.Selection {
        var selections: [ParkedEvents.Selection] = []
        if let text = invocation.arguments.first { selections.append(.event(try eventID(text))) }
        if let text = invocation[aggregate] {
            guard let colon = text.firstIndex(of: ":") else {
                throw UsageError("--aggregate is \"\(text)\": allowed is type:id, e.g. position:P1000033")
            }
            selections.append(
                .aggregate(type: String(text[..<colon]), id: String(text[text.index(after: colon)...])))
        }
        if let text = invocation[type] { selections.append(.aggregateType(text)) }
        if invocation[all] { selections.append(.all) }
        guard selections.count == 1, let selection = selections.first else {
            throw UsageError("say which events are meant by one of: an event id, --aggregate, --type, --all")
        }
        return selection
    }
}
