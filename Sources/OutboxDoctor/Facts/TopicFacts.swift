import LibRDKafka
import Outbox

/// A topic that events go to.
struct TopicFacts: Sendable {
    var aggregateType: String
    /// `nil` when the aggregate type makes no name that Kafka allows.
    var name: String?
    var exists = false
    /// Why it can't be used.
    var error: String?
    var partitions = 0
    var replication = 0
    var leaderless = 0
    /// Partitions that not all their brokers hold whole.
    var underReplicated = 0
    /// `nil` when the broker does not tell, or not to this user.
    var settings: [String: String]?
    /// What the largest event that is not settled takes.
    var largestBytes: Int64 = 0

    func setting(_ name: String) -> Int64? { settings?[name].flatMap { Int64($0) } }

    static func read(
        _ types: [EventsFacts.AggregateType], _ configuration: DoctorConfiguration, admin: KafkaAdmin,
        metadata: KafkaMetadata
    ) async -> [TopicFacts] {
        var topics = types.map { type in
            let name = configuration.topicTemplate.topicName(for: type.name)
            var facts = TopicFacts(aggregateType: type.name, name: name, largestBytes: type.largestBytes)
            guard let found = name.flatMap(metadata.topic) else { return facts }
            switch found.error?.code {
            case nil: facts.exists = true
            case .unknownTopicOrPartition, .unknownTopic: break
            default:
                facts.exists = true
                facts.error = found.error.map { "\($0)" }
            }
            facts.partitions = found.partitions.count
            facts.replication = found.partitions.map(\.replicas.count).min() ?? 0
            facts.leaderless = found.partitions.count { $0.leader < 0 }
            facts.underReplicated = found.partitions.count { $0.inSyncReplicas.count < $0.replicas.count }
            return facts
        }
        let names = topics.filter { $0.exists && $0.error == nil }.compactMap(\.name)
        guard !names.isEmpty else { return topics }
        let settings = try? await admin.describeTopicConfigs(names, timeout: configuration.timeout)
        for index in topics.indices { topics[index].settings = topics[index].name.flatMap { settings?[$0] } }
        return topics
    }
}
