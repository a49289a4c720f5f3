import LibRDKafka

/// Which errors are refusals: of the event, so that trying it again as it is may never help, or of its whole topic.
///
/// Everything else (timeouts, lost leaders, fenced producers, full disks) is the cluster's trouble, and no event is
/// blamed for it.
enum Refusal {
    static func isRefusal(_ code: KafkaError.Code) -> Bool {
        isTopicWide(code) || isAboutSize(code) || code == .invalidRecord || code == .policyViolation
            || code == unsupportedForMessageFormat
    }

    /// Concerns every event of the topic; the time is that of the sending, so it is right or wrong for all.
    static func isTopicWide(_ code: KafkaError.Code) -> Bool {
        code == .topicAuthorizationFailed || code == .unknownTopicOrPartition || code == .unknownTopic
            || code == .unknownPartition || code == .invalidTopic || code == .invalidTimestamp
    }

    /// Concerns the record's size, or that of the batch it was in.
    static func isAboutSize(_ code: KafkaError.Code) -> Bool {
        code == .messageSizeTooLarge || code == .recordListTooLarge || code == invalidMessageSize
    }

    // Kafka's own numbers, of errors that the binding has no name for.
    private static let invalidMessageSize = KafkaError.Code(rawValue: 4)
    private static let unsupportedForMessageFormat = KafkaError.Code(rawValue: 43)
}
