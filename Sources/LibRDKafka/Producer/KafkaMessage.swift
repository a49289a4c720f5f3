/// A record to send.
public struct KafkaMessage: Sendable, Hashable {
    /// The topic's name.
    public var topic: String
    /// The partition; nil lets the partitioner choose by the key.
    public var partition: Int32?
    /// The key's bytes; nil for none.
    public var key: [UInt8]?
    /// The value's bytes; nil for null (a tombstone on a compacted topic).
    public var value: [UInt8]?
    /// The headers, in order.
    public var headers: [KafkaHeader]

    /// - Parameters:
    ///   - topic: The topic's name.
    ///   - partition: The partition; nil lets the partitioner choose by the key.
    ///   - key: The key's bytes; nil for none.
    ///   - value: The value's bytes; nil for null.
    ///   - headers: The headers, in order.
    public init(
        topic: String, partition: Int32? = nil, key: [UInt8]? = nil, value: [UInt8]? = nil,
        headers: [KafkaHeader] = []
    ) {
        self.topic = topic
        self.partition = partition
        self.key = key
        self.value = value
        self.headers = headers
    }
}
