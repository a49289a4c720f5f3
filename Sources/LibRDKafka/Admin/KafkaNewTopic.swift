/// A topic to create.
public struct KafkaNewTopic: Sendable, Hashable {
    /// Its name.
    public var name: String
    /// How many partitions; -1 for the broker's default.
    public var partitions: Int32
    /// On how many brokers each is held; -1 for the broker's default.
    public var replicationFactor: Int32
    /// Topic settings by their names, e.g. `max.message.bytes`.
    public var settings: [String: String]

    /// - Parameters:
    ///   - name: Its name.
    ///   - partitions: How many partitions; -1 for the broker's default.
    ///   - replicationFactor: On how many brokers each is held; -1 for the broker's default.
    ///   - settings: Topic settings by their names.
    public init(
        _ name: String, partitions: Int32 = -1, replicationFactor: Int32 = -1, settings: [String: String] = [:]
    ) {
        self.name = name
        self.partitions = partitions
        self.replicationFactor = replicationFactor
        self.settings = settings
    }
}
