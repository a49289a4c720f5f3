/// Where to start when the group has no offset, or one that is not there any more.
public enum KafkaAutoOffsetReset: String, Sendable, CaseIterable {
    /// At the oldest record.
    case earliest
    /// Behind the newest record.
    case latest
    /// Nowhere: an error event with ``KafkaError/Code/autoOffsetReset`` comes instead.
    case error
}
