import LibPQ
import Outbox
import OutboxCommandLine
import OutboxConsole
import OutboxDoctor
import OutboxHTTP

/// The console's settings, and the console that they describe.
enum ConsoleSettings {
    private enum Switch: String, CaseIterable, Sendable { case on, off }

    private static let isOn = Setting(
        "OUTBOX_CONSOLE", ValueParser<Switch>.choice(),
        help: "whether the console is served at / beside health and metrics", default: "on")
    private static let token = Setting(
        "OUTBOX_OPERATOR_TOKEN",
        ValueParser<OperatorToken>(
            valueName: "token", allowed: "at least \(OperatorToken.shortest) characters of ASCII, without spaces"
        ) { OperatorToken($0) },
        help: "what operators show to change anything from the console; without it the console is read-only",
        redact: { _ in "***" })
    private static let operatorURL = Setting(
        "OUTBOX_OPERATOR_DATABASE_URL", .text("url"),
        help: "libpq URL for what operators do from the console, by a role that may (default: that of DATABASE_URL)",
        redact: { PQConfiguration(url: $0).redactedURL })
    private static let mask = Setting(
        "OUTBOX_CONSOLE_MASK", .text("a,b"),
        help: "parts of names of what the console masks in events, beside password, token and the like")

    private static let mostConsumers = 32
    private static let metrics = Setting(
        "OUTBOX_CONSUMER_METRICS",
        ValueParser<[String]>(valueName: "url,url", allowed: "at most \(mostConsumers) of http://host:port") { text in
            let addresses = names(text)
            return addresses.count <= mostConsumers && addresses.allSatisfy(MetricsPage.isAddress) ? addresses : nil
        }, help: "where consumers serve their metrics, for the console to show rates and delays to the cache")

    private static let readModel = StandardSettings.queryDatabaseURL.optional(
        help: "libpq URL of the read model's database, for the console to show dead letters and delays")

    static let definitions = [
        isOn.definition, token.definition, operatorURL.definition, mask.definition,
        ConsumerLag.groups.definition, metrics.definition, readModel.definition,
    ]

    /// - Returns: `nil` when no console is wanted, or nothing is served.
    static func console(_ invocation: Invocation, for dispatcher: DispatcherProcess) throws(UsageError)
        -> DispatchConsole?
    {
        let address = try invocation.value(StandardSettings.httpAddress)
        guard try invocation.value(isOn) == .on, !address.isOff else { return nil }
        var configuration = ConsoleConfiguration(host: address.host)
        configuration.operatorToken = invocation[token]
        if let list = invocation[mask] { configuration.maskedNames += names(list) }
        configuration.consumerMetrics = invocation[metrics] ?? []
        let databaseURL = try invocation.value(StandardSettings.databaseURL)
        var checkUp = try DoctorCommand.basics(invocation)
        checkUp.timeout = .seconds(3)
        return DispatchConsole(
            configuration, dispatcher: dispatcher.dispatcher, databaseURL: databaseURL,
            operatorURL: invocation[operatorURL] ?? databaseURL, readModelURL: invocation[readModel],
            pooling: try invocation.value(StandardSettings.databasePooling), consumers: try consumers(invocation),
            doctor: Doctor(checkUp))
    }

    private static func consumers(_ invocation: Invocation) throws(UsageError) -> ConsumerSource {
        let reader = ConsumerReader(
            names: ConsumerLag.groupNames(invocation),
            topicPrefix: try invocation.value(DispatcherSettings.topicTemplate).literalPrefix,
            bootstrapServers: try invocation.value(StandardSettings.bootstrapServers),
            properties: invocation.kafkaProperties)
        return ConsumerSource(read: { try await reader.read() }, rest: { await reader.rest() })
    }

    private static func names(_ list: String) -> [String] {
        list.split(separator: ",").map { $0.filter { $0 != " " } }.filter { !$0.isEmpty }
    }
}
