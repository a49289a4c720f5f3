import FoundationEssentials
import LibRDKafka

/// What is on the dead-letter topics of a consumer's topics: records that are no event, events that were left out
/// (policy `skip`), and every event that was a dead letter once, whatever has been decided about it since.
///
/// Nothing is taken from there, and no offset is committed.
public struct DeadLetterTopics: Sendable {
    let bootstrapServers: String
    let properties: [String: String]
    let suffix: String

    /// - Parameters:
    ///   - bootstrapServers: `host:port,…`
    ///   - properties: librdkafka's, by name.
    ///   - suffix: the consumer's `deadLetterSuffix`.
    public init(bootstrapServers: String, properties: [String: String] = [:], suffix: String = ".dlq") {
        self.bootstrapServers = bootstrapServers
        self.properties = properties
        self.suffix = suffix
    }

    /// Reads the newest dead letters.
    ///
    /// - Parameters:
    ///   - topics: the topics that the letters came from; those without a dead-letter topic have none.
    ///   - consumer: those of this consumer.
    ///   - limit: the most letters; of each partition no more records than this are read.
    /// - Returns: in the order of their time.
    /// - Throws: `KafkaError` when the brokers don't answer.
    public func newest(of topics: [String], consumer: String, limit: Int = 100) async throws -> [DeadLetter] {
        var configuration = KafkaConsumerConfiguration(
            bootstrapServers: bootstrapServers, groupID: "outbox-dead-letters", properties: properties)
        configuration.clientID = "outbox-dead-letters"
        let kafka = try KafkaConsumer(configuration)
        do {
            let letters = try await newest(of: topics, consumer: consumer, limit: limit, kafka)
            await kafka.close()
            return letters
        } catch {
            await kafka.close()
            throw error
        }
    }

    private func newest(
        of topics: [String], consumer: String, limit: Int, _ kafka: KafkaConsumer
    ) async throws -> [DeadLetter] {
        let metadata = try await kafka.metadata(topics: topics.map { $0 + suffix }, timeout: .seconds(15))
        var ends: [KafkaTopicPartition: Int64] = [:]
        var starts: [KafkaTopicPartitionOffset] = []
        for topic in metadata.topics where topic.error == nil {
            for partition in topic.partitions {
                let place = KafkaTopicPartition(topic.name, partition.id)
                let marks = try await kafka.watermarks(of: place)
                guard marks.high > marks.low else { continue }
                ends[place] = marks.high
                starts.append(KafkaTopicPartitionOffset(place, .offset(max(marks.low, marks.high - Int64(limit)))))
            }
        }
        guard !starts.isEmpty else { return [] }
        try await kafka.assign(starts)
        var letters: [DeadLetter] = []
        // Records that a broker has dropped or hidden meanwhile must not be waited for for ever.
        var deadline = ContinuousClock.now + .seconds(15)
        while !ends.isEmpty, .now < deadline {
            for event in try await kafka.poll(timeout: .milliseconds(100)) {
                switch event {
                case .messages(let place, let records):
                    deadline = .now + .seconds(15)
                    letters += records.map { DeadLetter($0.stored) }.filter { $0.consumer == consumer }
                    if let last = records.last, let end = ends[place], last.offset >= end - 1 { ends[place] = nil }
                case .error(let error) where error.isFatal: throw error
                default: break
                }
            }
        }
        letters.sort { ($0.timestamp ?? .distantPast, $0.offset) < ($1.timestamp ?? .distantPast, $1.offset) }
        return Array(letters.suffix(limit))
    }
}
