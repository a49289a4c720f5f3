/// A producer's settings.
///
/// The defaults are for records that must not be lost, doubled or reordered: idempotent, acknowledged by all
/// replicas in sync, gapless, without a per-message expiry, and partitioned as Java clients do.
public struct KafkaProducerConfiguration: Sendable {
    /// Where to find the cluster: `host:port`, several separated by commas.
    public var bootstrapServers: String
    /// Names this client in the broker's logs and quotas.
    public var clientID = "outbox"
    /// How many replicas must have a record before it counts as delivered.
    public var acknowledgements = KafkaAcknowledgements.all
    /// The broker drops doubles that retries make, and order holds through retries.
    public var enableIdempotence = true
    /// When a record is rejected, no later one of its partition overtakes it: the producer turns fatal instead.
    public var gaplessGuarantee = true
    /// How a record's partition follows from its key.
    public var partitioner = KafkaPartitioner.murmur2Random
    /// How long a record may wait for others to share its batch with.
    public var linger = Duration.milliseconds(5)
    /// How batches are compressed.
    public var compression = KafkaCompression.none
    /// The largest batch in bytes (`batch.size`); keep it below the topics' `max.message.bytes`. nil: librdkafka's.
    public var batchBytes: Int?
    /// The largest batch in records (`batch.num.messages`). nil: librdkafka's.
    public var batchMessages: Int?
    /// How many records may be queued and in flight; beyond that sends answer `.queueFull`.
    public var queueMessages = 100_000
    /// How many bytes may be queued and in flight, rounded up to KiB.
    public var queueBytes = 1 << 30
    /// How often ``statistics`` is called; nil for never.
    public var statisticsInterval: Duration?
    /// Any librdkafka property by its name, e.g. `security.protocol`; wins over the settings above.
    public var properties: [String: String] = [:]
    /// Takes librdkafka's log lines, on librdkafka's threads: it must be quick. nil: nothing is logged.
    public var log: (@Sendable (KafkaLogLine) -> Void)?
    /// Takes the statistics, on the client's polling thread.
    public var statistics: (@Sendable (KafkaStatistics) -> Void)?
    /// Takes errors that belong to no record (brokers down, authentication), on the polling thread. Most of them
    /// pass by themselves.
    public var errors: (@Sendable (KafkaError) -> Void)?
    /// Called once, on the polling thread, as soon as a fatal error is known.
    public var fatal: (@Sendable (KafkaError) -> Void)?

    /// - Parameters:
    ///   - bootstrapServers: `host:port`, several separated by commas.
    ///   - properties: Any librdkafka property by its name.
    ///   - log: Takes librdkafka's log lines.
    public init(
        bootstrapServers: String, properties: [String: String] = [:],
        log: (@Sendable (KafkaLogLine) -> Void)? = nil
    ) {
        self.bootstrapServers = bootstrapServers
        self.properties = properties
        self.log = log
    }

    var clientProperties: ClientProperties {
        var all = ClientProperties(bootstrapServers: bootstrapServers, clientID: clientID)
        all.set("acks", acknowledgements.rawValue)
        all.set("enable.idempotence", enableIdempotence)
        // librdkafka refuses the guarantee without idempotence
        all.set("enable.gapless.guarantee", gaplessGuarantee && enableIdempotence)
        all.set("partitioner", partitioner.rawValue)
        all.set("message.timeout.ms", 0)
        all.set("linger.ms", milliseconds: linger)
        all.set("compression.codec", compression.rawValue)
        all.set("batch.size", batchBytes)
        all.set("batch.num.messages", batchMessages)
        all.set("queue.buffering.max.messages", queueMessages)
        all.set("queue.buffering.max.kbytes", max(1, (queueBytes + 1023) / 1024))
        all.set("allow.auto.create.topics", false)
        all.set("statistics.interval.ms", milliseconds: statisticsInterval)
        all.override(with: properties)
        return all
    }
}
