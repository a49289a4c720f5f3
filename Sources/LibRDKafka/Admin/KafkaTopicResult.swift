/// What became of one topic in an admin call.
public struct KafkaTopicResult: Sendable, Hashable {
    /// The topic's name.
    public var topic: String
    /// Why it failed; nil if it did not.
    public var error: KafkaError?

    /// - Parameters:
    ///   - topic: The topic's name.
    ///   - error: Why it failed.
    public init(topic: String, error: KafkaError? = nil) {
        self.topic = topic
        self.error = error
    }
}
