import FoundationEssentials
import LibPQ
import LibRDKafka
import Outbox
import OutboxCommandLine
import OutboxDoctor

/// `outbox top`
enum TopCommand {
    private static let interval = Option(
        "interval", .duration(.milliseconds(200) ... .seconds(3600)), help: "the time between two looks",
        defaultValue: .seconds(2), defaultText: "2s")
    private static let once = Flag("once", help: "look twice, print one line, and end")
    private static let metrics = Option(
        "metrics",
        ValueParser<String>(valueName: "url", allowed: "http://host:port, of a dispatcher's OUTBOX_HTTP_ADDRESS") {
            MetricsPage.isAddress($0) ? $0 : nil
        }, help: "a dispatcher's address for metrics, for the delays from commit to Kafka")

    static let command = Command(
        "top", summary: "Shows at a glance, and again every 2 s, what waits in the outbox and who moves it.",
        discussion: """
            Refreshes in place on a terminal, where q or Ctrl-C ends it; elsewhere it writes a line each time. The lag of
            the groups in OUTBOX_CONSUMER_GROUPS is shown. Each look reads what waits, so it takes longer with a backlog.
            """,
        options: [interval.definition, once.definition, metrics.definition],
        settings: StandardSettings.database + [
            StandardSettings.bootstrapServers.definition, DispatcherSettings.topicTemplate.definition,
            ConsumerLag.groups.definition,
        ], readsKafkaProperties: true
    ) { invocation in
        let groups = ConsumerLag.groupNames(invocation)
        let template = try invocation.value(DispatcherSettings.topicTemplate)
        let admin =
            groups.isEmpty
            ? nil
            : try KafkaAdmin(
                bootstrapServers: try invocation.value(StandardSettings.bootstrapServers),
                properties: invocation.kafkaProperties, log: { _ in })
        let pause = invocation[interval] ?? .seconds(2)
        let code = try await OperatorOptions.withPool(invocation) { pool in
            let reader = TopReader(
                pool: pool, admin: admin, groups: groups, topicPrefix: template.literalPrefix,
                metrics: invocation[metrics])
            if invocation[once] { return try await lookOnce(reader, pause: min(pause, .seconds(1))) }
            return await look(reader, every: pause)
        }
        await admin?.close()
        return code
    }

    private static func lookOnce(_ reader: TopReader, pause: Duration) async throws -> ExitCode {
        let first = try await reader.read()
        try await Task.sleep(for: pause)
        let sample = try await reader.read()
        let text = TopText(sample: sample, rates: TopRates(from: first, to: sample))
        Console.standardOutput.writeLine(text.line(at: .now))
        return .success
    }

    /// Until `q` or a signal.
    private static func look(_ reader: TopReader, every pause: Duration) async -> ExitCode {
        let view = TopView()
        let (start, starter) = AsyncStream.makeStream(of: Void.self)
        let work = Task {
            for await _ in start { break }
            await view.run(reader, every: pause)
        }
        view.start(quit: { work.cancel() })
        starter.finish()
        await TerminationSignals.whileRunning(stop: { _ in work.cancel() }) { await work.value }
        view.close()
        return .success
    }
}
