/// What the records of one partition in one poll share.
final class RecordSource: Sendable {
    let topicPartition: KafkaTopicPartition
    /// Keeps the client's memory until the last record is gone.
    private let owner: ConsumerHandle

    init(_ topicPartition: KafkaTopicPartition, owner: ConsumerHandle) {
        self.topicPartition = topicPartition
        self.owner = owner
    }
}
