/// How many replicas must have a record before the broker acknowledges it.
public enum KafkaAcknowledgements: String, Sendable, CaseIterable {
    /// All replicas in sync (and at least `min.insync.replicas`): the only one that survives a broker's loss.
    case all
    /// The leader alone.
    case leader = "1"
    /// None: a report says only that the record was sent.
    case none = "0"
}
