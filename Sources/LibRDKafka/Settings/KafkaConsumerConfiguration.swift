import CLibRDKafka

/// A consumer's settings.
///
/// Offsets are committed only by ``KafkaConsumer/commit(_:)``, and topics are never created by subscribing.
public struct KafkaConsumerConfiguration: Sendable {
    /// Where to find the cluster: `host:port`, several separated by commas.
    public var bootstrapServers: String
    /// The consumer group.
    public var groupID: String
    /// Names this client in the broker's logs and quotas.
    public var clientID = "outbox"
    /// Names this member for good (static membership): it may be away for the session time-out without a rebalance.
    public var groupInstanceID: String?
    /// Where to start when the group has no offset.
    public var autoOffsetReset = KafkaAutoOffsetReset.earliest
    /// How the group shares partitions out.
    public var assignmentStrategy = KafkaAssignmentStrategy.cooperativeSticky
    /// After how long without a heartbeat the broker takes the member for dead. nil: librdkafka's (45 s).
    public var sessionTimeout: Duration?
    /// How long the consumer may go without a poll before it leaves the group. nil: librdkafka's (5 min).
    public var maximumPollInterval: Duration?
    /// Which records of transactions are seen.
    public var isolation = KafkaIsolation.readCommitted
    /// Whether ``KafkaConsumerEvent/endOfPartition(_:)`` is reported.
    public var reportsEndOfPartition = false
    /// How often ``statistics`` is called, as long as the consumer is polled; nil for never.
    public var statisticsInterval: Duration?
    /// Any librdkafka property by its name, e.g. `security.protocol`; wins over the settings above.
    public var properties: [String: String] = [:]
    /// Takes librdkafka's log lines, on librdkafka's threads: it must be quick. nil: nothing is logged.
    public var log: (@Sendable (KafkaLogLine) -> Void)?
    /// Takes the statistics, on the client's polling thread.
    public var statistics: (@Sendable (KafkaStatistics) -> Void)?

    /// - Parameters:
    ///   - bootstrapServers: `host:port`, several separated by commas.
    ///   - groupID: The consumer group.
    ///   - properties: Any librdkafka property by its name.
    ///   - log: Takes librdkafka's log lines.
    public init(
        bootstrapServers: String, groupID: String, properties: [String: String] = [:],
        log: (@Sendable (KafkaLogLine) -> Void)? = nil
    ) {
        self.bootstrapServers = bootstrapServers
        self.groupID = groupID
        self.properties = properties
        self.log = log
    }

    var clientProperties: ClientProperties {
        var all = ClientProperties(bootstrapServers: bootstrapServers, clientID: clientID)
        all.set("group.id", groupID)
        if let groupInstanceID { all.set("group.instance.id", groupInstanceID) }
        all.set("auto.offset.reset", autoOffsetReset.rawValue)
        all.set("partition.assignment.strategy", assignmentStrategy.rawValue)
        all.set("session.timeout.ms", milliseconds: sessionTimeout)
        all.set("max.poll.interval.ms", milliseconds: maximumPollInterval)
        all.set("isolation.level", isolation.rawValue)
        all.set("enable.partition.eof", reportsEndOfPartition)
        all.set("enable.auto.commit", false)
        all.set("enable.auto.offset.store", false)
        all.set("allow.auto.create.topics", false)
        all.set("statistics.interval.ms", milliseconds: statisticsInterval)
        if rd_kafka_version() >= Self.fetchQueueBackoff.since { all.set(Self.fetchQueueBackoff.name, "10") }
        all.override(with: properties)
        return all
    }

    /// How soon librdkafka looks again whether a queue that was full has room: in milliseconds, a second unless told
    /// otherwise.
    static let fetchQueueBackoff: (name: String, since: Int32) = ("fetch.queue.backoff.ms", 0x0202_0000)
}
