import LibRDKafka
import OutboxCommandLine

/// How far a consumer group is behind the end of a topic.
struct ConsumerLag: Encodable {
    let group: String
    let topic: String
    /// Records not yet committed by the group; what it never committed counts from the topic's beginning.
    let events: Int64
    /// The sum of the offsets that the group has committed.
    let position: Int64
    /// Whether it has committed anything.
    let hasCommitted: Bool

    private enum CodingKeys: CodingKey {
        case group, topic, events
    }

    static let groups = Setting(
        "OUTBOX_CONSUMER_GROUPS", .text("a,b"), help: "consumer groups whose lag is shown, separated by commas")

    /// The groups that are named; empty when none is.
    static func groupNames(_ invocation: Invocation) -> [String] {
        (invocation[groups] ?? "").split(separator: ",").map { $0.filter { $0 != " " } }.filter { !$0.isEmpty }
    }

    /// - Parameter topicPrefix: only topics whose name begins so.
    /// - Throws: `KafkaError` when the brokers can't be asked.
    static func read(
        groups: [String], topicPrefix: String, bootstrapServers: String, properties: [String: String]
    ) async throws -> [ConsumerLag] {
        let admin = try KafkaAdmin(bootstrapServers: bootstrapServers, properties: properties)
        do {
            let lag = try await read(groups: groups, topicPrefix: topicPrefix, admin: admin)
            await admin.close()
            return lag
        } catch {
            await admin.close()
            throw error
        }
    }

    static func read(groups: [String], topicPrefix: String, admin: KafkaAdmin) async throws -> [ConsumerLag] {
        let topics = try await admin.metadata(topics: nil, timeout: .seconds(10)).topics.filter {
            $0.name.hasPrefix(topicPrefix) && !$0.name.hasSuffix(".dlq") && !$0.name.hasPrefix("__")
        }
        let partitions = topics.flatMap { topic in
            topic.partitions.map { KafkaTopicPartition(topic.name, $0.id) }
        }
        guard !partitions.isEmpty else { return [] }
        let earliest = try await admin.listOffsets(partitions, at: .earliest)
        let latest = try await admin.listOffsets(partitions, at: .latest)
        var result: [ConsumerLag] = []
        for group in groups {
            let committed = try await admin.committedOffsets(group: group, partitions)
            for topic in topics.sorted(by: { $0.name < $1.name }) {
                let own = partitions.filter { $0.topic == topic.name }
                let events = own.reduce(Int64(0)) { sum, partition in
                    let end = latest[partition] ?? 0
                    return sum + max(0, end - (committed[partition] ?? earliest[partition] ?? 0))
                }
                let position = own.reduce(Int64(0)) { $0 + (committed[$1] ?? 0) }
                result.append(
                    ConsumerLag(
                        group: group, topic: topic.name, events: events, position: position,
                        hasCommitted: own.contains { committed[$0] != nil }))
            }
        }
        return result
    }
}
