import CLibRDKafka
import Synchronization

/// What a producer (or an admin client, which is one that sends nothing) and its polling thread share; it lives until
/// the producer is closed.
final class ProducerCore: @unchecked Sendable {
    // Safe to share: `queue` may be used from any thread until `shutDown` destroys it, after the polling thread has
    // ended; all else is Sendable.
    private static let reportsAtOnce = 1024
    private static let shutDownPatience = 100

    let client: Client
    let registry = DeliveryRegistry()
    let space = SpaceWaiters()
    private let queue: OpaquePointer
    /// A consumer's group is not left: nobody has joined it.
    private let destroyFlags: Int32
    private let fatalHandler: (@Sendable (KafkaError) -> Void)?
    private let fatal = Mutex<KafkaError?>(nil)
    private let topics = Mutex<[String: KafkaTopic]>([:])
    private let thread = Condition(PollingState())

    private struct PollingState {
        var mustStop = false
        var hasStopped = false
        var isClosed = false
        var closers: [CheckedContinuation<Void, Never>] = []
    }

    init(
        kind: String, type: rd_kafka_type_t = RD_KAFKA_PRODUCER, properties: ClientProperties,
        observer: ClientObserver, fatal fatalHandler: (@Sendable (KafkaError) -> Void)?
    ) throws(KafkaError) {
        client = try Client(
            kind: kind, type: type, properties: properties,
            events: type == RD_KAFKA_PRODUCER ? RD_KAFKA_EVENT_DR : 0, observer: observer)
        self.fatalHandler = fatalHandler
        destroyFlags = type == RD_KAFKA_CONSUMER ? RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE : 0
        guard let queue = rd_kafka_queue_get_main(client.unguardedHandle) else {
            client.destroy()
            throw KafkaError(.systemResource, "librdkafka gave no queue")
        }
        self.queue = queue
        guard OwnThread.start("kafka-poll", { [self] in poll() }) else {
            rd_kafka_queue_destroy(queue)
            client.destroy()
            throw KafkaError(.systemResource, "the system refused the \(kind)'s thread")
        }
    }

    // MARK: Polling thread

    private func poll() {
        let messages = UnsafeMutablePointer<UnsafePointer<rd_kafka_message_t>?>.allocate(capacity: Self.reportsAtOnce)
        defer { messages.deallocate() }
        while !thread.read(\.mustStop) {
            // Woken by rd_kafka_queue_yield when it must stop; the time-out is only a net below that.
            let event = rd_kafka_queue_poll(queue, fatal.withLock { $0 == nil } ? 1000 : 100)
            if let event {
                let bringsReports = rd_kafka_event_type(event) == RD_KAFKA_EVENT_DR
                if bringsReports {
                    deliver(event, messages)
                } else if let error = client.serveCommon(event) {
                    die(of: error)
                }
                rd_kafka_event_destroy(event)
                // A task that began to wait while this event alone was queued would get no report to wake it.
                if bringsReports || rd_kafka_outq_len(client.unguardedHandle) == 0 { space.resumeAll() }
            }
            if fatal.withLock({ $0 != nil }) {
                // A dead producer sends nothing more: nobody must wait for what is queued. What is in flight is
                // left to be answered, so that as little as possible is in doubt.
                rd_kafka_purge(client.unguardedHandle, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_NON_BLOCKING)
            }
        }
        thread.update { $0.hasStopped = true }
    }

    private func deliver(_ event: OpaquePointer, _ messages: UnsafeMutablePointer<UnsafePointer<rd_kafka_message_t>?>) {
        var batch: UnsafeRawPointer?
        var count = 0
        var failures = 0
        while true {
            let received = rd_kafka_event_message_array(event, messages, Self.reportsAtOnce)
            if received == 0 { break }
            for index in 0..<received {
                guard let message = messages[index], let opaque = message.pointee._private else { continue }
                let slot = opaque.assumingMemoryBound(to: DeliverySlot.self)
                if slot.pointee.batch != batch {
                    report(batch, count, failures)
                    batch = slot.pointee.batch
                    count = 0
                    failures = 0
                }
                slot.pointee.error = message.pointee.err.rawValue
                slot.pointee.partition = message.pointee.partition
                slot.pointee.offset = message.pointee.offset
                count += 1
                if message.pointee.err != RD_KAFKA_RESP_ERR_NO_ERROR { failures += 1 }
            }
        }
        report(batch, count, failures)
    }

    private func report(_ batch: UnsafeRawPointer?, _ count: Int, _ failures: Int) {
        guard let batch else { return }
        let slots = Unmanaged<DeliverySlots>.fromOpaque(batch).takeUnretainedValue()
        if slots.reported(count, failures: failures) { registry.remove(slots) }
    }

    private func die(of error: KafkaError) {
        let isFirst = fatal.withLock { fatal in
            defer { fatal = fatal ?? error }
            return fatal == nil
        }
        guard isFirst else { return }
        space.fail(error)
        fatalHandler?(error)
    }

    // MARK: Calls

    var fatalError: KafkaError? {
        fatal.withLock { $0 }
    }

    func topic(_ name: String) throws(KafkaError) -> KafkaTopic {
        if let known = topics.withLock({ $0[name] }) { return known }
        return try client.use { handle throws(KafkaError) in
            let made: Result<KafkaTopic, KafkaError> = topics.withLock { topics in
                if let known = topics[name] { return .success(known) }
                guard !name.utf8.contains(0), let topic = rd_kafka_topic_new(handle, name, nil) else {
                    return .failure(KafkaError(.invalidTopic, "\(name.debugDescription) is not a topic name"))
                }
                let known = KafkaTopic(name: name, handle: topic, owner: client)
                topics[name] = known
                return .success(known)
            }
            return try made.get()
        }
    }

    // MARK: End

    /// Ends the producer; every caller returns when it has ended.
    func close() async {
        beginClosing()
        await withCheckedContinuation { continuation in
            let isClosed = thread.update { state in
                if !state.isClosed { state.closers.append(continuation) }
                return state.isClosed
            }
            if isClosed { continuation.resume() }
        }
    }

    /// Starts to end the producer, unless that has begun.
    func beginClosing() {
        guard client.close() else { return }
        if BlockingCalls.shared.run({ [self] in shutDown() }) { return }
        // No thread to be had: fail what waits for reports, and leave librdkafka's memory to the process's end.
        let handle = client.unguardedHandle
        rd_kafka_purge(
            handle, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT | RD_KAFKA_PURGE_F_NON_BLOCKING)
        space.fail(.closed(client.kind))
        finish()
    }

    private func shutDown() {
        let handle = client.unguardedHandle
        space.fail(.closed(client.kind))
        // The polling thread delivers what the purge fails. Records whose sends are just returning may come after
        // the first purge; flush() only waits here, for the polling thread to have delivered everything.
        for _ in 0..<Self.shutDownPatience {
            rd_kafka_purge(
                handle, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT | RD_KAFKA_PURGE_F_NON_BLOCKING)
            let isFlushed = rd_kafka_flush(handle, 100) == RD_KAFKA_RESP_ERR_NO_ERROR
            if isFlushed && client.isUnused { break }
        }
        client.waitUntilUnused()
        thread.update { $0.mustStop = true }
        rd_kafka_queue_yield(queue)
        thread.wait { $0.hasStopped ? () : nil }
        for topic in topics.withLock({ $0 }).values { rd_kafka_topic_destroy(topic.handle) }
        rd_kafka_queue_destroy(queue)
        client.destroy(flags: destroyFlags)
        finish()
    }

    private func finish() {
        registry.abandonAll()
        let closers = thread.update { state in
            state.isClosed = true
            defer { state.closers = [] }
            return state.closers
        }
        for closer in closers { closer.resume() }
    }
}
