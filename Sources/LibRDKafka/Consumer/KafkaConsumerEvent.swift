/// What a poll brings.
public enum KafkaConsumerEvent: Sendable {
    /// Records of one partition, by their offsets.
    case messages(KafkaTopicPartition, [KafkaRecord])
    /// The group gives partitions to this consumer, in addition to those it has. Nothing is read from them until
    /// ``KafkaConsumer/completeAssign(_:)``, which must be called, with an empty list too.
    case assigned([KafkaTopicPartition])
    /// The group takes partitions away. It waits until ``KafkaConsumer/completeRevoke(_:)``, which must be called.
    /// `lost`: they may be with another consumer already, so offsets can't be committed any more.
    case revoked([KafkaTopicPartition], lost: Bool)
    /// Everything there is has been read (only with `reportsEndOfPartition`).
    case endOfPartition(KafkaTopicPartition)
    /// Trouble; unless the error is fatal, the consumer goes on by itself.
    case error(KafkaError)
}
