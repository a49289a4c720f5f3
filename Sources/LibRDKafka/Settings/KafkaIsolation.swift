/// Which records of transactions a consumer sees.
public enum KafkaIsolation: String, Sendable, CaseIterable {
    /// Only committed ones.
    case readCommitted = "read_committed"
    /// All.
    case readUncommitted = "read_uncommitted"
}
