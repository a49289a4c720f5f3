import LibRDKafka
import OutboxTelemetry

/// How long a topic keeps its records.
struct TopicRetention: Sendable, Hashable {
    var topic: String
    /// `retention.ms`; negative for ever, nil where the broker doesn't say.
    var milliseconds: Int64?
    /// Whether the newest record of each key stays, however old it is.
    var isCompacted: Bool

    /// Asks a broker.
    /// - Throws: `KafkaError`
    static func read(
        _ topics: some Collection<String>, _ configuration: ConsumerConfiguration, logger: Logger
    ) async throws -> [TopicRetention] {
        let admin = try KafkaAdmin(
            bootstrapServers: configuration.bootstrapServers, clientID: configuration.name,
            properties: configuration.clientProperties(consumer: false), log: logger.takingKafkaLines)
        do {
            let settings = try await admin.describeTopicConfigs(topics.sorted())
            await admin.close()
            return settings.sorted { $0.key < $1.key }.map { topic, values in
                TopicRetention(
                    topic: topic, milliseconds: values["retention.ms"].flatMap { Int64($0) },
                    isCompacted: values["cleanup.policy"]?.contains("compact") ?? false)
            }
        } catch {
            await admin.close()
            throw error
        }
    }

    /// Whether the topic can deliver an event again that an inbox has forgotten.
    func outlasts(_ inbox: Duration) -> Bool {
        isCompacted || milliseconds.map { $0 < 0 || inbox <= .milliseconds($0) } ?? false
    }

    /// As the broker's settings say it.
    var settings: String {
        (milliseconds.map { "retention.ms=\($0)" } ?? "") + (isCompacted ? " cleanup.policy=compact" : "")
    }
}
