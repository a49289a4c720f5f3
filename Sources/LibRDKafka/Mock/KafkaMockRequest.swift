/// The kinds of requests for which a mock cluster can be told to fail, by their Kafka protocol API keys.
public struct KafkaMockRequest: RawRepresentable, Hashable, Sendable {
    /// The protocol's API key.
    public let rawValue: Int16

    /// - Parameter rawValue: The protocol's API key.
    public init(rawValue: Int16) {
        self.rawValue = rawValue
    }

    /// Produce.
    public static let produce = KafkaMockRequest(rawValue: 0)
    /// Fetch.
    public static let fetch = KafkaMockRequest(rawValue: 1)
    /// ListOffsets.
    public static let listOffsets = KafkaMockRequest(rawValue: 2)
    /// Metadata.
    public static let metadata = KafkaMockRequest(rawValue: 3)
    /// OffsetCommit.
    public static let offsetCommit = KafkaMockRequest(rawValue: 8)
    /// OffsetFetch.
    public static let offsetFetch = KafkaMockRequest(rawValue: 9)
    /// FindCoordinator.
    public static let findCoordinator = KafkaMockRequest(rawValue: 10)
    /// JoinGroup.
    public static let joinGroup = KafkaMockRequest(rawValue: 11)
    /// Heartbeat.
    public static let heartbeat = KafkaMockRequest(rawValue: 12)
    /// LeaveGroup.
    public static let leaveGroup = KafkaMockRequest(rawValue: 13)
    /// SyncGroup.
    public static let syncGroup = KafkaMockRequest(rawValue: 14)
    /// InitProducerId.
    public static let initProducerID = KafkaMockRequest(rawValue: 22)
}
