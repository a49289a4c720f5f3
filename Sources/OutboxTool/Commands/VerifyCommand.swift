import LibPQ
import OutboxCommandLine
import OutboxDispatcher
import OutboxVerify

/// `outbox verify`
enum VerifyCommand {
    private static let types = Option(
        "types", .text("a,b"), help: "aggregate types, separated by commas (default: all that are found)")
    private static let consumer = Option(
        "consumer", .text("name"), help: "the consumer whose inbox is compared too; needs QUERY_DATABASE_URL")
    private static let inboxRetention = Option(
        "inbox-retention", .duration(.seconds(60) ... .seconds(100 * 366 * 86_400)),
        help: "how long the consumer remembers what it has applied", defaultValue: .seconds(720 * 3600),
        defaultText: "720h")
    private static let grace = Option(
        "grace", .duration(.zero ... .seconds(7 * 86_400)),
        help: "how long an event may be on the topic before it is settled", defaultValue: .seconds(120),
        defaultText: "2m")
    private static let clockSkew = Option(
        "clock-skew", .duration(.zero ... .seconds(600)),
        help: "how far the clocks of databases and dispatchers may differ", defaultValue: .seconds(60),
        defaultText: "1m")
    private static let memory = Option(
        "memory",
        ValueParser<Int>(valueName: "size", allowed: "a size from 160MiB to 1TiB, such as 256MiB or 2GiB") {
            parse(size: $0)
        }, help: "the most memory; more events are compared in more passes", defaultValue: 256 << 20,
        defaultText: "256MiB")
    private static let limit = Option(
        "limit", .integer(0...10_000), help: "the most violations of a kind that are listed", defaultValue: 20)
    private static let strict = Flag("strict", help: "duplicates on the topic are violations too")
    private static let queryURL = StandardSettings.queryDatabaseURL.optional(
        help: "libpq URL of the read model's database; needed with --consumer only")

    /// What the process takes beside the events that it compares.
    private static let base = 120 << 20

    static let command = Command(
        "verify", summary: "Compares the outbox, the topics and, with --consumer, the inbox, event by event.",
        discussion: """
            Works on a live system, and only reads: a role that may SELECT is enough, and no consumer group is made.
            Exit status 1 when anything is missing, out of order, unknown, differs, or was not applied. Ctrl-C stops it,
            and leaves nothing behind; --since and --until take a large outbox a part at a time.
            """,
        options: [
            OperatorOptions.since.definition, OperatorOptions.until.definition, types.definition,
            consumer.definition, inboxRetention.definition, grace.definition, clockSkew.definition,
            memory.definition, limit.definition, strict.definition, OperatorOptions.json.definition,
            InterruptibleWork.quiet.definition,
        ],
        settings: [
            StandardSettings.databaseURL.definition, queryURL.definition, StandardSettings.databasePooling.definition,
            StandardSettings.bootstrapServers.definition, DispatcherSettings.topicTemplate.definition,
            DispatcherSettings.retention.definition,
        ], readsKafkaProperties: true
    ) { invocation in
        let configuration = try configuration(invocation)
        let isQuiet = invocation[InterruptibleWork.quiet]
        let report = try await InterruptibleWork.run(howToGoOn: advice(invocation)) {
            try await OperatorOptions.withPool(invocation) { outbox in
                guard configuration.consumer != nil else {
                    return try await verify(configuration, outbox, nil, isQuiet)
                }
                return try await OperatorOptions.withPool(invocation, to: queryURL) { query in
                    try await verify(configuration, outbox, query, isQuiet)
                }
            }
        }
        Console.standardOutput.writeLine(
            invocation[OperatorOptions.json]
                ? try JSONOutput.text(report) : VerifyText(report, limit: configuration.limit).text)
        return report.isFine ? .success : .failure
    }

    private static func advice(_ invocation: Invocation) -> String {
        "nothing was compared to its end, and nothing was changed; "
            + (invocation[OperatorOptions.since] == nil
                ? "the same with --since 24h, say, has less to compare" : "run the same command again")
    }

    private static func verify(
        _ configuration: VerifyConfiguration, _ outbox: PQPool, _ query: PQPool?, _ isQuiet: Bool
    ) async throws -> VerifyReport {
        var progress: Progress?
        do {
            return try await Verification(configuration, outbox: outbox, query: query).run { step in
                switch step {
                case .began(let title, let total): progress = Progress(title, total: total, isQuiet: isQuiet)
                case .advanced(let count): progress?.advance(by: count)
                case .ended:
                    progress?.finish()
                    progress = nil
                }
            }
        } catch let error as VerifyError {
            throw UsageError(error.message)
        }
    }

    private static func configuration(_ invocation: Invocation) throws(UsageError) -> VerifyConfiguration {
        var configuration = VerifyConfiguration(
            bootstrapServers: try invocation.value(StandardSettings.bootstrapServers))
        configuration.kafkaProperties = invocation.kafkaProperties
        configuration.topicTemplate = try invocation.value(DispatcherSettings.topicTemplate)
        if let text = invocation[types] {
            configuration.aggregateTypes = Set(text.split(separator: ",").map { String($0.filter { $0 != " " }) })
        }
        (configuration.since, configuration.until) = try OperatorOptions.span(invocation)
        configuration.consumer = invocation[consumer]
        if configuration.consumer != nil, invocation[queryURL] == nil {
            throw UsageError("--consumer needs QUERY_DATABASE_URL, where its inbox is")
        }
        switch try invocation.value(DispatcherSettings.retention) {
        case .none: configuration.retention = .none
        case .keep(let duration): configuration.retention = .keep(Int64(duration / .milliseconds(1)))
        }
        if let duration = invocation[inboxRetention] { configuration.inboxRetention = duration }
        if let duration = invocation[grace] { configuration.grace = duration }
        if let duration = invocation[clockSkew] { configuration.clockSkew = duration }
        if let size = invocation[memory] { configuration.memory = size - base }
        if let limit = invocation[limit] { configuration.limit = limit }
        configuration.isStrict = invocation[strict]
        return configuration
    }

    private static func parse(size text: String) -> Int? {
        for (suffix, shift) in [("MiB", 20), ("GiB", 30)] where text.hasSuffix(suffix) {
            guard let number = Int(text.dropLast(suffix.count)), number > 0, number <= 1 << 20 else { return nil }
            let size = number << shift
            return size >= 160 << 20 && size <= 1 << 40 ? size : nil
        }
        return nil
    }
}
