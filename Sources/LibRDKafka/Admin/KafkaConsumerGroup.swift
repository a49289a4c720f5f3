/// A consumer group that the cluster knows.
public struct KafkaConsumerGroup: Sendable, Hashable {
    /// What its members do.
    public enum State: String, Sendable, Hashable {
        /// The members share the partitions out.
        case rebalancing
        /// The members consume.
        case stable
        /// It has no members; what it committed is kept.
        case empty
        /// It has no members, and what it committed is gone.
        case dead
        /// The cluster says something else, or nothing.
        case unknown
    }

    /// Its name.
    public var name: String
    /// What its members do.
    public var state: State
}
