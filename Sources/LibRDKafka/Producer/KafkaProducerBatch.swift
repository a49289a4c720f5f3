import CLibRDKafka

/// Records that are sent together and whose reports are awaited together, at the cost of one continuation.
///
/// A batch belongs to one task at a time. Reports come when the broker has answered for all of its records:
///
///     let batch = producer.makeBatch(capacity: events.count)
///     for event in events {
///         while case .queueFull = batch.send(topic, key: event.key, value: event.value, headers: headers(of: event)) {
///             try await producer.waitForSpace()
///         }
///     }
///     let reports = await batch.reports()
public final class KafkaProducerBatch {
    private let client: Client
    private let slots: DeliverySlots
    private let registry: DeliveryRegistry

    init(capacity: Int, client: Client, registry: DeliveryRegistry) {
        self.client = client
        self.registry = registry
        slots = DeliverySlots(capacity: max(0, capacity))
        registry.add(slots)
    }

    deinit {
        if slots.seal() { registry.remove(slots) }
    }

    /// How many records the batch has taken so far; the next one gets this index.
    public var count: Int { slots.used }

    /// Queues a record and returns at once. Records of one partition are stored in the order of the calls.
    ///
    /// - Parameters:
    ///   - topic: A topic of the same producer.
    ///   - partition: The partition; nil lets the partitioner choose by the key.
    ///   - key: The key's bytes, copied; nil for none.
    ///   - value: The value's bytes, copied; nil for null.
    ///   - headers: The record's headers.
    /// - Returns: Whether it was queued; see ``KafkaSendResult`` for which outcomes take an index in the batch.
    public func send(
        _ topic: KafkaTopic, partition: Int32? = nil, key: UnsafeRawBufferPointer?, value: UnsafeRawBufferPointer?,
        headers: consuming KafkaHeaders
    ) -> KafkaSendResult {
        if slots.isFull {
            return .rejected(KafkaError(.invalidArgument, "the batch has taken all the records it was made for"))
        }
        guard client.enter() else { return .rejected(.closed("producer")) }
        defer { client.leave() }
        guard topic.owner == ObjectIdentifier(client) else {
            let error = KafkaError(.invalidArgument, "the handle of topic \(topic.name) belongs to another producer")
            slots.rejected(error)
            return .rejected(error)
        }
        let slot = slots.nextSlot()
        let headerList = headers.take()
        let failure = outbox_rdkafka_produce(
            client.unguardedHandle, topic.handle, partition ?? RD_KAFKA_PARTITION_UA,
            key.map { EmptyBytes.address(of: $0) }, key?.count ?? 0,
            value.map { EmptyBytes.address(of: $0) }, value?.count ?? 0, headerList, slot)
        guard let failure else {
            slots.queued()
            return .queued
        }
        if let headerList { rd_kafka_headers_destroy(headerList) }
        return refused(KafkaError(taking: failure))
    }

    private func refused(_ error: KafkaError) -> KafkaSendResult {
        if error.code == .queueFull { return .queueFull }
        let error = error.code == .fatal ? client.fatalError() ?? error : error
        slots.rejected(error)
        return .rejected(error)
    }

    /// Waits until every queued record is reported; no record can be added any more.
    ///
    /// It does not end early when the task is cancelled; see ``KafkaPendingReports/all()``.
    ///
    /// - Returns: The reports, by the order of the sends.
    public func reports() async -> KafkaBatchReports {
        await pendingReports().all()
    }

    /// Ends the batch: no record can be added any more.
    ///
    /// - Returns: Its reports, to be awaited by whatever task.
    public func pendingReports() -> KafkaPendingReports {
        if slots.seal() { registry.remove(slots) }
        return KafkaPendingReports(slots)
    }
}
