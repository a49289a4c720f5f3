/// What the cluster says about its brokers and topics.
public struct KafkaMetadata: Sendable, Hashable {
    /// A broker.
    public struct Broker: Sendable, Hashable {
        /// Its node id.
        public var id: Int32
        /// The host it advertises.
        public var host: String
        /// The port it advertises.
        public var port: Int32
    }

    /// A partition.
    public struct Partition: Sendable, Hashable {
        /// Its number.
        public var id: Int32
        /// The leader's node id; -1 while there is none.
        public var leader: Int32
        /// The node ids that are to hold it.
        public var replicas: [Int32]
        /// The node ids that hold all of it.
        public var inSyncReplicas: [Int32]
        /// Trouble with this partition, e.g. no leader.
        public var error: KafkaError?
    }

    /// A topic.
    public struct Topic: Sendable, Hashable {
        /// Its name.
        public var name: String
        /// Its partitions, by their numbers.
        public var partitions: [Partition]
        /// Why it has none: it does not exist, its name is not allowed, the user may not see it.
        public var error: KafkaError?
    }

    /// The brokers that are alive.
    public var brokers: [Broker]
    /// The topics, in the order asked for.
    public var topics: [Topic]

    /// - Parameter name: A topic's name.
    /// - Returns: What is known about it; nil if it is not in this answer.
    public func topic(_ name: String) -> Topic? {
        topics.first { $0.name == name }
    }
}
