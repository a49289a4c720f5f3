import CLibRDKafka

/// Sends records to Kafka.
///
/// One thread of its own delivers reports, a batch at a time. Broker trouble is the producer's trouble: by default
/// it retries without end, keeps the order within each partition, and reports a record only when its fate is known.
/// After a fatal error (``fatalError``) it sends nothing more: close it and make a new one.
public final class KafkaProducer: Sendable {
    private let core: ProducerCore

    /// Makes a producer; it connects in the background, so an unreachable cluster is not an error here.
    ///
    /// - Parameter configuration: The settings.
    /// - Throws: ``KafkaError`` that names the setting that is not allowed.
    public init(_ configuration: KafkaProducerConfiguration) throws(KafkaError) {
        core = try ProducerCore(
            kind: "producer", properties: configuration.clientProperties,
            observer: ClientObserver(
                log: configuration.log, statistics: configuration.statistics, errors: configuration.errors),
            fatal: configuration.fatal)
    }

    deinit {
        core.beginClosing()
    }

    /// An empty batch.
    ///
    /// - Parameter capacity: How many records it can take.
    /// - Returns: The batch, for one task at a time.
    public func makeBatch(capacity: Int) -> KafkaProducerBatch {
        KafkaProducerBatch(capacity: capacity, client: core.client, registry: core.registry)
    }

    /// Waits, after a send answered `.queueFull`, until some records have been reported.
    ///
    /// - Throws: `CancellationError`; ``KafkaError`` when the producer is dead or closed.
    public func waitForSpace() async throws {
        try await core.space.wait { outstanding == 0 }
    }

    /// Sends records in order, waits for space where need be, and for all reports.
    ///
    /// - Parameter messages: The records.
    /// - Returns: A report per record, by the same order.
    /// - Throws: `CancellationError` while it waits for space, and ``KafkaError`` when the producer is dead or
    ///   closed, or a topic's name is not allowed; what is queued by then may still be delivered.
    public func send(_ messages: [KafkaMessage]) async throws -> [KafkaDeliveryReport] {
        let batch = makeBatch(capacity: messages.count)
        for message in messages {
            let topic = try topic(message.topic)
            send: while true {
                switch Self.send(message, to: topic, in: batch) {
                case .queued: break send
                case .queueFull: try await waitForSpace()
                case .rejected(let error) where error.isFatal || error.code == .closed: throw error
                case .rejected: break send
                }
            }
        }
        let reports = await batch.reports()
        return (0..<reports.count).map { reports[$0] }
    }

    private static func send(
        _ message: KafkaMessage, to topic: KafkaTopic, in batch: KafkaProducerBatch
    ) -> KafkaSendResult {
        var headers = KafkaHeaders(capacity: message.headers.count)
        for header in message.headers { headers.add(header) }
        return message.key.withOptionalBytes { key in
            message.value.withOptionalBytes { value in
                var taken = KafkaHeaders()
                swap(&taken, &headers)
                return batch.send(topic, partition: message.partition, key: key, value: value, headers: taken)
            }
        }
    }

    /// Sends what is queued without further linger and waits until everything is reported.
    ///
    /// - Parameter timeout: How long to wait.
    /// - Throws: ``KafkaError`` with `.timedOut` if something is still under way by then.
    public func flush(timeout: Duration) async throws(KafkaError) {
        try await core.client.block { handle throws(KafkaError) in
            let response = rd_kafka_flush(handle, timeout.roundedMilliseconds)
            guard response == RD_KAFKA_RESP_ERR_NO_ERROR else {
                throw KafkaError(response, "\(rd_kafka_outq_len(handle)) records are still under way")
            }
        }
    }

    /// Fails everything that is queued or in flight; returns at once, the reports come as purged.
    ///
    /// A record that was in flight may or may not be on the topic.
    public func purge() {
        try? core.client.use { handle in
            _ = rd_kafka_purge(
                handle, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT | RD_KAFKA_PURGE_F_NON_BLOCKING)
        }
    }

    /// The error that killed the producer, once one has.
    public var fatalError: KafkaError? {
        core.fatalError
    }

    /// How many records are queued, in flight, or not yet reported; librdkafka's own pending events may be among them.
    public var outstanding: Int {
        (try? core.client.use { Int(rd_kafka_outq_len($0)) }) ?? 0
    }

    /// A handle on a topic, the same one for the same name. The topic need not exist.
    ///
    /// - Parameter name: The topic's name.
    /// - Returns: The handle, valid for this producer.
    /// - Throws: ``KafkaError`` if the name is not allowed or the producer is closed.
    public func topic(_ name: String) throws(KafkaError) -> KafkaTopic {
        try core.topic(name)
    }

    /// Asks the cluster about topics. It never creates one.
    ///
    /// - Parameters:
    ///   - topics: The topics' names; nil for all. One that does not exist comes back with its error.
    ///   - timeout: How long to wait for a broker.
    /// - Returns: Brokers and topics.
    /// - Throws: ``KafkaError`` if no broker answers in time.
    public func metadata(topics: [String]?, timeout: Duration) async throws(KafkaError) -> KafkaMetadata {
        try await core.client.block { handle throws(KafkaError) in
            try MetadataCall.run(handle, topics: topics, timeout: timeout)
        }
    }

    /// Ends the producer: purges, delivers all reports, frees everything. Flush first to have records sent.
    ///
    /// Calls that are under way are waited for; later ones fail with ``KafkaError/Code/closed``.
    public func close() async {
        await core.close()
    }
}
