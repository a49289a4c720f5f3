import FoundationEssentials
import IdempotentConsumer
import LibPQ
import OutboxCommandLine
import OutboxTelemetry
import Workforce

/// `workforce rebuild`
enum RebuildCommand {
    private static let allowMissing = Flag(
        "allow-missing-records", help: "go on when a topic no longer has all of its records; the new tables lack some")
    private static let json = Flag("json", help: "the figures as JSON")

    static let command = OutboxCommandLine.Command(
        "rebuild",
        summary: "Builds the read model anew from the topics' beginning and swaps it in, while the old one serves.",
        discussion: """
            Consumers may run meanwhile, and queries do not notice. Give it the same settings as `workforce consume`.
            Killed at any moment it leaves the old read model or the new one, whole; Ctrl-C stops it, and takes what it
            has made away. Run it again then. Connect as the owner of the schema, and not through a pooler in
            transaction mode.
            """,
        options: [allowMissing.definition, InterruptibleWork.quiet.definition, json.definition],
        settings: StandardSettings.queryDatabase + [QueryCacheSetting.definition]
            + ConsumerSettings.definitions + StandardSettings.logging, readsKafkaProperties: true
    ) { invocation in
        let logger = try LoggingSetup.bootstrap(invocation, label: "workforce")
        let configuration = try ConsumerSettings.configuration(invocation)
        let pool = PQPool(
            PQConfiguration(
                url: try invocation.value(StandardSettings.queryDatabaseURL), applicationName: "workforce rebuild",
                pooling: try invocation.value(StandardSettings.databasePooling)),
            maximumConnections: ConsumerSettings.connections(configuration))
        var rebuild = try ProjectionRebuild(
            configuration: configuration, pool: pool, projections: [WorkforceProjection()],
            cache: QueryCacheSetting.makeCache(invocation, pool: pool), logger: logger)
        rebuild.allowsMissingRecords = invocation[allowMissing]
        let bar = ProgressBar("rebuild", isQuiet: invocation[InterruptibleWork.quiet])
        let report: RebuildReport
        do {
            report = try await InterruptibleWork.run(
                howToGoOn: "the old read model serves on; run the same command again to begin anew"
            ) { [rebuild] in try await rebuild.run { bar.show(done: Int($0.done), of: Int($0.total)) } }
        } catch {
            await pool.close()
            throw error
        }
        await pool.close()
        bar.finish()
        Console.standardOutput.writeLine(invocation[json] ? try JSONOutput.text(report) : text(report))
        return .success
    }

    private static func text(_ report: RebuildReport) -> String {
        let rate = Int(Double(report.records) / max(report.seconds, 0.001))
        var text = """
            rebuilt from \(report.records) records in \(Readable.seconds(report.seconds)) (\(rate)/s); \
            the swap took \(Int(report.swapSeconds * 1_000)) ms; \(report.staleAnswers) cached answers refreshed
            """
        if report.heldAggregates > 0 {
            text += "\n\(report.heldAggregates) aggregates are on hold: see `outbox dead-letters list --state all`"
        }
        return text
    }
}
