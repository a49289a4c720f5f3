import LibRDKafka
import Outbox

/// The names that many events share, as small numbers.
struct Names {
    private(set) var topics: [String] = []
    private var topicNumbers: [String: Int] = [:]
    private(set) var partitions: [KafkaTopicPartition] = []
    private var partitionNumbers: [KafkaTopicPartition: Int] = [:]
    private var eventTypes: [String: UInt16] = [:]

    mutating func topic(_ name: String) -> Int {
        if let number = topicNumbers[name] { return number }
        topics.append(name)
        topicNumbers[name] = topics.count - 1
        return topics.count - 1
    }

    mutating func partition(_ partition: KafkaTopicPartition) -> Int {
        if let number = partitionNumbers[partition] { return number }
        partitions.append(partition)
        partitionNumbers[partition] = partitions.count - 1
        return partitions.count - 1
    }

    /// Types beyond the first 65,535 share a number.
    mutating func eventType(_ name: String) -> UInt16 {
        if let number = eventTypes[name] { return number }
        guard eventTypes.count < Int(UInt16.max) else { return .max }
        eventTypes[name] = UInt16(eventTypes.count)
        return UInt16(eventTypes.count - 1)
    }
}
