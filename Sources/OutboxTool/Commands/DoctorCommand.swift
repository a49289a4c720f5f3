import OutboxCommandLine
import OutboxDoctor

/// `outbox doctor`
enum DoctorCommand {
    private static let role = Option(
        "role", ValueParser<DoctorConfiguration.Purpose>.choice(),
        help: "what the database role is for, and so what it must be allowed to do", defaultValue: .dispatcher,
        defaultText: "dispatcher")
    private static let types = Option(
        "types", .text("a,b"), help: "aggregate types beside those found in the outbox, separated by commas")
    private static let partitions = Option(
        "partitions", .integer(1...100_000), help: "the fewest partitions that a topic should have", defaultValue: 1)
    private static let inboxRetention = Option(
        "inbox-retention", .duration(.seconds(60) ... .seconds(100 * 366 * 86_400)),
        help: "how long consumers remember what they have applied", defaultValue: .seconds(720 * 3600),
        defaultText: "720h")
    private static let timeout = Option(
        "timeout", .duration(.milliseconds(100) ... .seconds(300)), help: "the longest that one check may take",
        defaultValue: .seconds(5), defaultText: "5s")
    private static let strict = Flag("strict", help: "exit status 1 for warnings too")
    private static let queryURL = StandardSettings.queryDatabaseURL.optional(
        help: "libpq URL of the read model's database, if it is to be looked at")

    static let command = Command(
        "doctor",
        summary: "Checks database, schema, brokers, topics, dispatchers and consumers, and says what mends it.",
        discussion: """
            Changes nothing, and runs as whatever role there is: what that may not see is noted. Each trouble has an id,
            which is also its section on the page Troubles of the documentation. Exit status 0 when there are no errors,
            1 for errors, 3 when a server can't be used at all.
            """,
        options: [
            role.definition, types.definition, partitions.definition, inboxRetention.definition, timeout.definition,
            strict.definition, OperatorOptions.json.definition,
        ],
        settings: [
            StandardSettings.databaseURL.definition, queryURL.definition, StandardSettings.databasePooling.definition,
            StandardSettings.bootstrapServers.definition, DispatcherSettings.topicTemplate.definition,
            DispatcherSettings.lanes.definition, ConsumerLag.groups.definition,
        ], readsKafkaProperties: true
    ) { invocation in
        let report = try await Doctor(try configuration(invocation)).run()
        let output = Console.standardOutput
        output.writeLine(
            invocation[OperatorOptions.json]
                ? try JSONOutput.text(report)
                : DoctorText(report, isPlain: !output.isTerminal || !TerminalLocale.isUTF8).text)
        if report.lacksServer { return .unavailable }
        return report.errors > 0 || invocation[strict] && report.warnings > 0 ? .failure : .success
    }

    /// What a check-up looks at, as far as the settings say.
    static func basics(_ invocation: Invocation) throws(UsageError) -> DoctorConfiguration {
        var configuration = DoctorConfiguration(
            databaseURL: try invocation.value(StandardSettings.databaseURL),
            bootstrapServers: try invocation.value(StandardSettings.bootstrapServers))
        configuration.pooling = try invocation.value(StandardSettings.databasePooling)
        configuration.kafkaProperties = invocation.kafkaProperties
        configuration.topicTemplate = try invocation.value(DispatcherSettings.topicTemplate)
        configuration.lanes = try invocation.value(DispatcherSettings.lanes)
        configuration.groups = ConsumerLag.groupNames(invocation)
        return configuration
    }

    private static func configuration(_ invocation: Invocation) throws(UsageError) -> DoctorConfiguration {
        var configuration = try basics(invocation)
        configuration.queryDatabaseURL = invocation[queryURL]
        if let purpose = invocation[role] { configuration.purpose = purpose }
        if let text = invocation[types] {
            configuration.aggregateTypes = Set(
                text.split(separator: ",").map { String($0.filter { $0 != " " }) }.filter { !$0.isEmpty })
        }
        if let count = invocation[partitions] { configuration.partitions = count }
        if let duration = invocation[inboxRetention] { configuration.inboxRetention = duration }
        if let duration = invocation[timeout] { configuration.timeout = duration }
        return configuration
    }
}
