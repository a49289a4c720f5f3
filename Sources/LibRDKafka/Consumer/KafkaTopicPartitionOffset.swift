/// A place in a partition of a topic.
public struct KafkaTopicPartitionOffset: Sendable, Hashable {
    /// The partition.
    public var topicPartition: KafkaTopicPartition
    /// The place in it. For a commit: of the *next* record to consume, the last consumed one's offset + 1.
    public var offset: KafkaOffset

    /// - Parameters:
    ///   - topicPartition: The partition.
    ///   - offset: The place in it.
    public init(_ topicPartition: KafkaTopicPartition, _ offset: KafkaOffset) {
        self.topicPartition = topicPartition
        self.offset = offset
    }
}
