import FoundationEssentials
import IdempotentConsumer
import LibPQ
import OutboxCommandLine

/// `outbox dead-letters`
enum DeadLettersCommand {
    static let command = Command(
        "dead-letters",
        summary: "Events that a consumer could not apply, and the aggregates of its read model that wait for you.",
        subcommands: [list, show, retry, discard])

    /// Which of the aggregates on hold are listed.
    private enum Shown: String, CaseIterable, Sendable { case dead, retrying, all }

    private static let consumer = Option(
        "consumer", .text("name"), help: "the consumer's name, its Kafka group (default: the only one there is)")
    private static let state = Option(
        "state", ValueParser<Shown>.choice(),
        help: "aggregates that wait for you (dead), for their next attempt (retrying), or both (all)",
        defaultValue: .dead, defaultText: "dead")
    private static let onTopics = Flag(
        "on-topics", help: "what is on the dead-letter topics: malformed records and skipped events too")
    private static let suffix = Option(
        "suffix", .text("text"), help: "what a dead-letter topic is called behind its topic's name",
        defaultValue: ".dlq")
    private static let aggregate = Option("aggregate", .aggregate, help: "an aggregate, e.g. position:P1000033")
    private static let type = Option("type", .text("type"), help: "all on hold of an aggregate type")
    private static let all = Flag("all", help: "all on hold")
    private static let wholeAggregate = Flag(
        "whole-aggregate", help: "give up all that waits in the aggregate, not just the dead letter")
    private static let eventID = Argument("event-id", help: "the event's id, a UUID", isRequired: false)
    private static let settings = StandardSettings.queryDatabase
    private static let selection = [
        consumer.definition, aggregate.definition, type.definition, all.definition,
    ]
    private static let record = [OperatorOptions.actor.definition, OperatorOptions.reason.definition]

    private static func withDeadLetters<Result>(
        _ invocation: Invocation, _ body: (DeadLetters, _ consumer: String) async throws -> Result
    ) async throws -> Result {
        try await OperatorOptions.withPool(invocation, to: StandardSettings.queryDatabaseURL) { pool in
            let name: String
            if let given = invocation[consumer] {
                name = given
            } else {
                let known = try await DeadLetters.consumers(pool: pool)
                guard known.count == 1, let only = known.first else {
                    throw UsageError(
                        "say which consumer is meant by --consumer; the database knows "
                            + (known.isEmpty ? "none" : known.joined(separator: ", ")))
                }
                name = only
            }
            return try await body(DeadLetters(pool: pool, consumer: name), name)
        }
    }

    private static let list = Command(
        "list", summary: "Lists aggregates on hold with their reasons and how many events wait in each.",
        discussion: """
            With --on-topics it lists the newest records of the dead-letter topics instead. Malformed records and events
            that the policy skip left out are there only. There is nothing to retry about them: the consumer has gone
            on. Mend them by writing a new event.
            """,
        options: [
            consumer.definition, state.definition, onTopics.definition, suffix.definition,
            OperatorOptions.limit.definition, OperatorOptions.json.definition,
        ], settings: settings + [StandardSettings.bootstrapServers.definition], readsKafkaProperties: true
    ) { invocation in
        try await withDeadLetters(invocation) { letters, consumer in
            let limit = invocation[OperatorOptions.limit] ?? 100
            if invocation[onTopics] {
                let topics = DeadLetterTopics(
                    bootstrapServers: try invocation.value(StandardSettings.bootstrapServers),
                    properties: invocation.kafkaProperties, suffix: invocation[suffix] ?? ".dlq")
                let found = try await topics.newest(of: letters.topics(), consumer: consumer, limit: limit)
                return try write(found, table(found), empty: "no dead letters on the topics", invocation)
            }
            let state: HeldAggregate.State? =
                switch invocation[state] ?? .dead {
                case .dead: .dead
                case .retrying: .retrying
                case .all: nil
                }
            let found = try await letters.list(state, limit: limit)
            return try write(found, table(found), empty: "no aggregates on hold", invocation)
        }
    }

    private static let show = Command(
        "show", summary: "Shows an event that waits, whole, as JSON: headers, payload, error.",
        options: [consumer.definition], arguments: [Argument("event-id", help: "the event's id, a UUID")],
        settings: settings
    ) { invocation in
        let id = try parse(invocation.arguments[0])
        return try await withDeadLetters(invocation) { letters, consumer in
            guard let event = try await letters.event(id) else {
                Console.standardError.writeLine(
                    "error: no event \(invocation.arguments[0]) waits in the consumer \(consumer)")
                return .failure
            }
            Console.standardOutput.writeLine(try JSONOutput.text(event))
            return .success
        }
    }

    private static let retry = Command(
        "retry", summary: "Has aggregates on hold tried anew; what waits in them is applied in order.",
        discussion: "A running consumer begins within a second, one that is stopped when it starts.",
        options: selection + record + RetryWait.definitions, arguments: [eventID], settings: settings
    ) { invocation in
        let selection = try selected(invocation)
        let actor = try OperatorOptions.actor(invocation)
        let wait = try RetryWait(invocation)
        return try await withDeadLetters(invocation) { letters, _ in
            let dead = wait == nil ? [] : try await RetryWait.list(letters, .dead)
            let count = try await letters.retry(selection, actor: actor, reason: invocation[OperatorOptions.reason])
            let code = report(count, "aggregate", "will be tried anew", nothing: "no aggregate on hold matches")
            guard let wait, count > 0 else { return code }
            return try await wait.run(letters, before: dead)
        }
    }

    private static let discard = Command(
        "discard", summary: "Gives dead letters up: they will never take effect. The audit keeps them.",
        discussion: """
            The aggregate goes on with what waits behind. Only aggregates whose attempts are used up are touched; an
            event id must be that of the dead letter itself.
            """,
        options: selection + [wholeAggregate.definition] + record, arguments: [eventID], settings: settings
    ) { invocation in
        let selection = try selected(invocation)
        let actor = try OperatorOptions.actor(invocation)
        guard let reason = invocation[OperatorOptions.reason] else {
            throw UsageError("discard needs --reason: the audit keeps why the event was given up")
        }
        return try await withDeadLetters(invocation) { letters, _ in
            let count = try await letters.discard(
                selection, wholeAggregate: invocation[wholeAggregate], actor: actor, reason: reason)
            return report(
                count, "event", "given up; outbox_consumer_audit keeps them", nothing: "no dead letter matches")
        }
    }

    // MARK: Input

    private static func parse(_ text: String) throws(UsageError) -> UUID {
        guard let id = UUID(uuidString: text) else {
            throw UsageError("\"\(text)\" is not an event id: a UUID such as 018f3c1e-8d2a-7b31-9c57-2f6f1f0f6a11")
        }
        return id
    }

    private static func selected(_ invocation: Invocation) throws(UsageError) -> DeadLetters.Selection {
        var selections: [DeadLetters.Selection] = []
        if let text = invocation.arguments.first { selections.append(.event(try parse(text))) }
        if let name = invocation[aggregate] { selections.append(.aggregate(type: name.type, id: name.id)) }
        if let type = invocation[type] { selections.append(.aggregateType(type)) }
        if invocation[all] { selections.append(.all) }
        guard selections.count == 1, let selection = selections.first else {
            throw UsageError("say which are meant by one of: an event id, --aggregate, --type, --all")
        }
        return selection
    }
}
