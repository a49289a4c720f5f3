/// A partition of a topic.
public struct KafkaTopicPartition: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The topic's name.
    public var topic: String
    /// The partition's number.
    public var partition: Int32

    /// - Parameters:
    ///   - topic: The topic's name.
    ///   - partition: The partition's number.
    public init(_ topic: String, _ partition: Int32) {
        self.topic = topic
        self.partition = partition
    }

    /// `<topic>[<partition>]`, as librdkafka writes it.
    public var description: String { "\(topic)[\(partition)]" }

    public static func < (left: KafkaTopicPartition, right: KafkaTopicPartition) -> Bool {
        (left.topic, left.partition) < (right.topic, right.partition)
    }
}
