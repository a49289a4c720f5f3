import CLibRDKafka

/// librdkafka's in-process cluster, for tests and for a look around without a broker.
///
/// It listens on loopback, keeps a few megabytes per partition, and does groups and commits. It has no admin
/// requests, drops no duplicates, and creates a topic when it is first asked for, unless the client says not to.
public final class KafkaMockCluster: @unchecked Sendable {
    // Safe to share: librdkafka's mock calls may be made from any thread, inside the client's gate.
    private let client: Client
    private let cluster: OpaquePointer

    /// Where it listens, as clients want it.
    public let bootstrapServers: String

    /// Starts a cluster.
    ///
    /// - Parameters:
    ///   - brokers: How many brokers; their ids are 1 and up.
    ///   - log: Takes its log lines.
    /// - Throws: ``KafkaError`` if it could not be started.
    public init(brokers: Int = 1, log: (@Sendable (KafkaLogLine) -> Void)? = nil) throws(KafkaError) {
        client = try Client(
            kind: "mock cluster", type: RD_KAFKA_PRODUCER,
            properties: ClientProperties(bootstrapServers: "", clientID: "mock"), events: 0,
            observer: ClientObserver(log: log, statistics: nil, errors: nil))
        guard let cluster = rd_kafka_mock_cluster_new(client.unguardedHandle, Int32(clamping: max(1, brokers))),
            let bootstrapServers = rd_kafka_mock_cluster_bootstraps(cluster)
        else {
            client.destroy()
            throw KafkaError(.systemResource, "the mock cluster could not be started")
        }
        self.cluster = cluster
        self.bootstrapServers = String(cString: bootstrapServers)
    }

    deinit {
        Self.end(client, cluster)
    }

    /// Creates a topic, empty.
    ///
    /// - Parameters:
    ///   - name: Its name.
    ///   - partitions: How many partitions.
    ///   - replicationFactor: On how many of the brokers.
    /// - Throws: ``KafkaError`` if there is one already.
    public func createTopic(_ name: String, partitions: Int32, replicationFactor: Int32 = 1) throws(KafkaError) {
        try client.use { _ throws(KafkaError) in
            try check(
                rd_kafka_mock_topic_create(cluster, name, partitions, replicationFactor), "no mock topic \(name)")
        }
    }

    /// Fails the next requests of a kind, one error each; ``KafkaError/Code/none`` lets one through and
    /// ``KafkaError/Code/transport`` cuts the connection.
    ///
    /// - Parameters:
    ///   - errors: The errors, in order.
    ///   - request: The kind of requests.
    public func fail(_ request: KafkaMockRequest, with errors: [KafkaError.Code]) {
        try? client.use { _ in
            let responses = errors.map(\.response)
            rd_kafka_mock_push_request_errors_array(cluster, request.rawValue, responses.count, responses)
        }
    }

    /// Forgets errors that have not been used up.
    ///
    /// - Parameter request: The kind of requests.
    public func clearFailures(of request: KafkaMockRequest) {
        try? client.use { _ in rd_kafka_mock_clear_request_errors(cluster, request.rawValue) }
    }

    /// Gives a topic an error in metadata answers.
    ///
    /// - Parameters:
    ///   - topic: The topic's name.
    ///   - error: The error; ``KafkaError/Code/none`` for none.
    public func setError(_ error: KafkaError.Code, ofTopic topic: String) {
        try? client.use { _ in rd_kafka_mock_topic_set_error(cluster, topic, error.response) }
    }

    /// Cuts a broker off, or lets it listen again.
    ///
    /// - Parameters:
    ///   - broker: Its id, from 1.
    ///   - isUp: Whether it is to be reachable.
    /// - Throws: ``KafkaError`` if there is no such broker.
    public func setBroker(_ broker: Int32, isUp: Bool) throws(KafkaError) {
        try client.use { _ throws(KafkaError) in
            try check(
                isUp
                    ? rd_kafka_mock_broker_set_up(cluster, broker) : rd_kafka_mock_broker_set_down(cluster, broker),
                "mock broker \(broker)")
        }
    }

    /// Slows a broker's answers down.
    ///
    /// - Parameters:
    ///   - roundTripTime: How long each answer takes.
    ///   - broker: Its id, from 1.
    /// - Throws: ``KafkaError`` if there is no such broker.
    public func setRoundTripTime(_ roundTripTime: Duration, ofBroker broker: Int32) throws(KafkaError) {
        try client.use { _ throws(KafkaError) in
            try check(
                rd_kafka_mock_broker_set_rtt(cluster, broker, roundTripTime.roundedMilliseconds),
                "mock broker \(broker)")
        }
    }

    /// Moves a partition's leadership.
    ///
    /// - Parameters:
    ///   - partition: The partition.
    ///   - broker: The new leader's id; nil for no leader.
    /// - Throws: ``KafkaError`` if there is no such partition or broker.
    public func setLeader(of partition: KafkaTopicPartition, to broker: Int32?) throws(KafkaError) {
        try client.use { _ throws(KafkaError) in
            try check(
                rd_kafka_mock_partition_set_leader(cluster, partition.topic, partition.partition, broker ?? -1),
                "mock partition \(partition)")
        }
    }

    /// Stops the cluster; close its clients first.
    public func close() async {
        let client = client
        nonisolated(unsafe) let cluster = cluster
        _ = try? await BlockingCalls.shared.run { () -> Result<Void, KafkaError> in
            Self.endNow(client, cluster)
            return .success(())
        }
    }

    private static func end(_ client: Client, _ cluster: OpaquePointer) {
        nonisolated(unsafe) let cluster = cluster
        _ = BlockingCalls.shared.run { endNow(client, cluster) }
    }

    private static func endNow(_ client: Client, _ cluster: OpaquePointer) {
        guard client.close() else { return }
        client.waitUntilUnused()
        rd_kafka_mock_cluster_destroy(cluster)
        client.destroy()
    }
}
