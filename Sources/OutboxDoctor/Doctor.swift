import LibPQ
import LibRDKafka
import OutboxCommandLine

/// Looks at all that an outbox rests on, and says what is wrong and what mends it.
///
/// It changes nothing: it reads, and writes some megabytes to a temporary table that goes with its transaction. Each
/// check ends within ``DoctorConfiguration/timeout``, and what one can't see hides nothing of the others.
package struct Doctor: Sendable {
    let configuration: DoctorConfiguration

    package init(_ configuration: DoctorConfiguration) {
        self.configuration = configuration
    }

    /// - Throws: `KafkaError` for Kafka properties that no client can be made with; `CancellationError`.
    package func run() async throws -> DoctorReport {
        let log = ClientLog()
        let admin = try KafkaAdmin(
            bootstrapServers: configuration.bootstrapServers, clientID: "outbox-doctor",
            properties: configuration.kafkaProperties, log: { log.add($0) })
        async let database = DatabaseCheck(configuration).run()
        async let brokers = BrokerFacts.read(configuration, admin: admin, log: log)
        async let readModel = readModelFindings()
        let (events, databaseFindings) = await database
        let (broker, metadata) = await brokers
        var findings = databaseFindings
        findings += broker.findings(
            brokers: metadata?.brokers.count ?? 0, isSettling: (events?.sinceSettledSeconds).map { $0 < 30 } ?? false)
        if let metadata { findings += await onTopics(events, admin, metadata) }
        findings += await readModel
        await admin.close()
        try Task.checkCancellation()
        return DoctorReport(findings)
    }

    private func onTopics(_ events: EventsFacts?, _ admin: KafkaAdmin, _ metadata: KafkaMetadata) async -> [Finding] {
        var types = events?.types ?? []
        for name in configuration.aggregateTypes.sorted() where !types.contains(where: { $0.name == name }) {
            types.append(EventsFacts.AggregateType(name: name))
        }
        guard !types.isEmpty else {
            return [
                Finding(
                    .notLookedAt, .topics, .note, "no aggregate types are known, and so no topics",
                    why: "The outbox holds no events.", commands: ["outbox doctor --types position,assignment"])
            ]
        }
        let topics = await TopicFacts.read(types, configuration, admin: admin, metadata: metadata)
        var findings = topics.flatMap { $0.findings(configuration, brokers: metadata.brokers.count) }
        findings += TopicFacts.comparison(topics)
        if findings.allSatisfy({ $0.severity == .note }) {
            findings.append(
                Finding(.topics, .topics, .ok, "\(Readable.count(topics.count, "topic")), with all that events need"))
        }
        if topics.contains(where: { $0.exists && $0.error == nil && $0.settings == nil }) {
            findings.append(
                Finding(
                    .notAllowedToLook, .topics, .note, "the topics' settings could not be read",
                    why: "Size, retention and durability were not looked at.",
                    advice: "allow this user DescribeConfigs on the topics"))
        }
        return findings + (await consumers(topics, admin, metadata))
    }

    private func consumers(_ topics: [TopicFacts], _ admin: KafkaAdmin, _ metadata: KafkaMetadata) async -> [Finding] {
        do {
            let groups = try await ConsumerFacts.read(topics, configuration, admin: admin, metadata: metadata)
            if groups.isEmpty {
                return [
                    Finding(
                        .notLookedAt, .consumers, .note, "no consumer group has read the topics",
                        why: "A consumer that has never run, or keeps its offsets elsewhere, is not seen.",
                        commands: ["outbox doctor --consumer-groups workforce"])
                ]
            }
            return groups.flatMap { $0.findings() }
        } catch {
            return [
                Finding(
                    .notAllowedToLook, .consumers, .note, "consumer groups could not be looked at: \(error)",
                    why: "Whether consumers run and keep up is not known.",
                    advice: "allow this user to Describe groups and the cluster")
            ]
        }
    }

    private func readModelFindings() async -> [Finding] {
        guard let url = configuration.queryDatabaseURL else { return [] }
        let check = DatabaseCheck(configuration)
        return await check.withConnection(to: url, in: .consumers, setting: "QUERY_DATABASE_URL") { connection in
            await check.guarded("the read model's tables", .consumers) {
                try await ReadModelFacts.read(connection).findings()
            }
        }
    }
}
