import FoundationEssentials
import LibPQ
import Outbox
import OutboxCommandLine
import OutboxDispatcher

/// `outbox replay`
enum ReplayCommand {
    private static let events = Option("event", .uuid, help: "the event with this id", isRepeated: true)
    private static let eventTypes = Option(
        "event-type", .text("type"), help: "events of this type, e.g. position.updated", isRepeated: true)
    private static let aggregates = Option(
        "aggregate", .aggregate, help: "events of this aggregate, e.g. position:P1000033", isRepeated: true)
    private static let types = Option(
        "type", .text("type"), help: "events of this aggregate type", isRepeated: true)
    private static let since = Option(
        "since", .time, help: "events published from this time on: 2h ago, or 2026-01-31T09:30:00Z")
    private static let until = Option("until", .time, help: "events published before this time")
    private static let all = Flag("all", help: "all published events that are kept")
    private static let after = Option(
        "after", .integer(0 ... .max), help: "only those after this sequence: go on where a replay stopped",
        defaultValue: 0)
    private static let rate = Option(
        "rate", .integer(1...1_000_000), help: "the most events in a second", defaultValue: 1000)
    private static let execute = Flag("execute", help: "send them; without it, it is only shown what would be sent")

    static let command = Command(
        "replay", summary: "Publishes events again that were published before, of those that retention has kept.",
        discussion: """
            Shows what would be sent; with --execute, sends it. What is given of different kinds must all apply; the
            times are those of publishing. Events go to the topics of their aggregate types in the order they had, with
            the headers replay_id and replayed_at on top. Consumers that dedupe on the event's id don't notice; to
            others, old events come after newer ones. Events that are not published yet are left to the dispatcher.
            SIGTERM or SIGINT stops, exit status 1; what is printed then says how to go on.
            """,
        options: [
            events.definition, eventTypes.definition, aggregates.definition, types.definition, since.definition,
            until.definition, all.definition, after.definition, rate.definition, execute.definition,
            OperatorOptions.actor.definition, OperatorOptions.reason.definition, OperatorOptions.json.definition,
            InterruptibleWork.quiet.definition,
        ],
        settings: StandardSettings.database + DispatcherSettings.publishing,
        readsKafkaProperties: true
    ) { invocation in
        let selection = try selection(invocation)
        let configuration = try DispatcherSettings.configuration(invocation)
        let (actor, reason) = try signature(invocation)
        return try await OperatorOptions.withPool(invocation, connections: 2) { pool in
            let replay = try EventReplay(configuration, pool: pool)
            let plan = try await replay.plan(selection)
            guard invocation[execute], plan.events > 0 else { return try show(plan, invocation) }
            let result = try await run(plan, replay, actor: actor, reason: reason, invocation)
            return try show(result, invocation)
        }
    }

    private static func selection(_ invocation: Invocation) throws(UsageError) -> ReplaySelection {
        var selection = ReplaySelection()
        selection.eventIDs = invocation.values(of: events)
        selection.eventTypes = invocation.values(of: eventTypes)
        selection.aggregates = invocation.values(of: aggregates).map { .init(type: $0.type, id: $0.id) }
        selection.aggregateTypes = invocation.values(of: types)
        let now = Date.now
        (selection.since, selection.until) = (invocation[since]?.date(now: now), invocation[until]?.date(now: now))
        guard selection != ReplaySelection() || invocation[all] else {
            throw UsageError(
                "say which events are meant: --event, --event-type, --aggregate, --type, --since, --until, or --all")
        }
        if let since = selection.since, let until = selection.until, since >= until {
            throw UsageError("--since is not before --until: no time is meant")
        }
        selection.after = Int64(invocation[after] ?? 0)
        return selection
    }

    /// Who does it, and why; needed only when it is done.
    private static func signature(_ invocation: Invocation) throws(UsageError) -> (actor: String, reason: String) {
        guard invocation[execute] else { return ("", "") }
        guard let reason = invocation[OperatorOptions.reason] else {
            throw UsageError("--execute needs --reason: the audit keeps why events were published again")
        }
        return (try OperatorOptions.actor(invocation), reason)
    }

    private static func run(
        _ plan: ReplayPlan, _ replay: EventReplay, actor: String, reason: String, _ invocation: Invocation
    ) async throws -> ReplayResult {
        let progress = Progress(
            "replayed", total: Int(plan.events),
            isQuiet: invocation[OperatorOptions.json] || invocation[InterruptibleWork.quiet])
        let running = Task {
            try await replay.run(
                plan, actor: actor, reason: reason, eventsPerSecond: invocation[rate] ?? 1000,
                progress: { progress.advance(by: $0) })
        }
        let result = try await TerminationSignals.whileRunning(stop: { _ in running.cancel() }) {
            try await running.value
        }
        progress.finish()
        return result
    }

    // MARK: Output

    private static func show(_ plan: ReplayPlan, _ invocation: Invocation) throws -> ExitCode {
        if invocation[OperatorOptions.json] {
            Console.standardOutput.writeLine(try JSONOutput.text(plan))
            return plan.events > 0 ? .success : .failure
        }
        if plan.unpublished > 0 {
            Console.standardError.writeLine(
                "\(plan.unpublished) that match are not published yet, and are left to the dispatcher")
        }
        guard plan.events > 0 else {
            Console.standardError.writeLine("error: no published event matches, of those that retention has kept")
            return .failure
        }
        var table = TextTable([
            .init("event type"), .init("topic", maximumWidth: 120), .init("events", .right), .init("stored", .right),
            .init("first sequence", .right), .init("last sequence", .right), .init("first published"),
            .init("last published"),
        ])
        for line in plan.lines {
            table.add([
                line.eventType, line.topic ?? "no topic can have its name", "\(line.events)", "\(line.bytes) B",
                "\(line.firstSequence)", "\(line.lastSequence)", RFC3339.format(line.firstPublishedAt),
                RFC3339.format(line.lastPublishedAt),
            ])
        }
        let rate = invocation[rate] ?? 1000
        let time = Readable.seconds(Double(plan.events) / Double(rate))
        Console.standardOutput.writeLine(table.text)
        Console.standardOutput.writeLine(
            "\n\(plan.events) events, \(time) at \(rate) in a second. Nothing was sent: add --execute to do it.")
        return .success
    }

    private static func show(_ result: ReplayResult, _ invocation: Invocation) throws -> ExitCode {
        if invocation[OperatorOptions.json] { Console.standardOutput.writeLine(try JSONOutput.text(result)) }
        if result.end == .complete {
            if !invocation[OperatorOptions.json] {
                Console.standardOutput.writeLine(
                    "\(result.sent) events published again, with replay_id \(result.replayID.uuidString.lowercased())")
            }
            return .success
        }
        let problem = result.problem.map { ": \($0)" } ?? ""
        Console.standardError.writeLine(
            "error: \(result.end.rawValue) after \(result.sent) of \(result.planned) events\(problem)")
        Console.standardError.writeLine("To go on, add --after \(result.lastSequence).")
        return .failure
    }
}
