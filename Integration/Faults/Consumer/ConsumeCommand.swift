import IdempotentConsumer
import LibPQ
import OutboxCommandLine
import OutboxTelemetry
import QueryCache

/// `Faults consume`: the consumer that a run kills, pauses and cuts off.
enum ConsumeCommand {
    static let command = Command(
        "consume", summary: "Applies events to a ledger; started by the harness itself.",
        options: [group.definition, topics.definition, types.definition, assignment.definition, prepare.definition],
        settings: [StandardSettings.queryDatabaseURL.definition, StandardSettings.bootstrapServers.definition]
            + StandardSettings.logging,
        readsKafkaProperties: true
    ) { invocation in
        let url = try invocation.value(StandardSettings.queryDatabaseURL)
        if invocation[prepare] {
            try await migrate(url)
            return .success
        }
        let logger = try LoggingSetup.bootstrap(invocation, label: "faults")
        let consumer = try IdempotentConsumer(
            configuration: try configuration(invocation), pool: pool(url),
            projections: [
                LedgerProjection(
                    eventTypes: Set((invocation[types] ?? "").split(separator: ",").map { "\($0).changed" }))
            ],
            cache: PostgresQueryCache(pool: pool(url)))
        try await TerminationSignals.whileRunning(stop: { signal in
            logger.notice("told to stop", metadata: ["signal": "\(signal)"])
            consumer.drain()
        }) {
            try await consumer.run()
        }
        return .success
    }

    private static let group = Option("group", .text("name"), help: "the consumer's name", defaultValue: "faults")
    private static let topics = Option("topics", .text("^expression"), help: "what to read", defaultValue: "^faults\\.")
    private static let types = Option("types", .text("type,…"), help: "the aggregate types", defaultValue: "order")
    private static let assignment = Option(
        "assignment", ValueParser<ConsumerConfiguration.Assignment>.matching, help: "how partitions are shared out",
        defaultValue: .cooperativeSticky)
    private static let prepare = Flag("prepare", help: "makes the ledger, beside the consumer's tables, and ends")

    private static func configuration(_ invocation: Invocation) throws -> ConsumerConfiguration {
        var configuration = ConsumerConfiguration(
            name: invocation[group] ?? "", bootstrapServers: try invocation.value(StandardSettings.bootstrapServers),
            topics: [invocation[topics] ?? ""])
        configuration.kafkaProperties = invocation.kafkaProperties
        configuration.assignment = invocation[assignment] ?? .cooperativeSticky
        configuration.maximumAttempts = 3
        configuration.retryBackoff = .milliseconds(200)
        configuration.maximumBackoff = .seconds(1)
        configuration.upkeepInterval = .seconds(2)
        configuration.drainTimeout = .seconds(5)
        return configuration
    }

    private static func pool(_ url: String) -> PQPool {
        PQPool(PQConfiguration(url: url, applicationName: "faults consume"), maximumConnections: 6)
    }

    private static func migrate(_ url: String) async throws {
        let connection = try await PQConnection.connect(PQConfiguration(url: url))
        do {
            try await connection.run(script: LedgerProjection.schema)
        } catch {
            await connection.close()
            throw error
        }
        await connection.close()
    }
}

extension ValueParser where Value == ConsumerConfiguration.Assignment {
    fileprivate static var matching: ValueParser {
        let names = Value.allCases.map(\.rawValue)
        return ValueParser(valueName: names.joined(separator: "|"), allowed: names.joined(separator: ", ")) {
            Value(rawValue: $0)
        }
    }
}
