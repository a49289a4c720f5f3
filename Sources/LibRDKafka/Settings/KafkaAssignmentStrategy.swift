/// How a group shares partitions out among its consumers. All consumers of a group must agree.
public enum KafkaAssignmentStrategy: String, Sendable, CaseIterable {
    /// Moves only the partitions that must move; the others are read on meanwhile.
    case cooperativeSticky = "cooperative-sticky"
    /// Neighbouring partitions together; everything is given up at each rebalance.
    case range = "range"
    /// One by one in turn; everything is given up at each rebalance.
    case roundRobin = "roundrobin"
}
