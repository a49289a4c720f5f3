import CLibRDKafka

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Owns an `rd_kafka_t` and sees to it that nobody is inside when it is destroyed.
final class Client: @unchecked Sendable {
    // Safe to share: librdkafka's handle may be used from any thread, the gate outlives its users, and the rest
    // never changes.
    let kind: String
    let observer: ClientObserver
    private let handle: OpaquePointer
    private let gate = Gate()

    /// - Parameters:
    ///   - kind: What the client is called in errors: "producer", "consumer", "admin client".
    ///   - events: The `RD_KAFKA_EVENT_…` bits it serves beside errors and statistics.
    init(
        kind: String, type: rd_kafka_type_t, properties: ClientProperties, events: Int32, observer: ClientObserver
    ) throws(KafkaError) {
        let configuration = try properties.makeConfiguration()
        rd_kafka_conf_set_events(configuration, events | RD_KAFKA_EVENT_ERROR | RD_KAFKA_EVENT_STATS)
        let opaque = Unmanaged.passRetained(observer)
        rd_kafka_conf_set_opaque(configuration, opaque.toOpaque())
        rd_kafka_conf_set_log_cb(configuration, observer.log == nil ? nil : ClientObserver.logCallback)
        let reason = ErrorText()
        guard let handle = rd_kafka_new(type, configuration, reason.buffer, reason.size) else {
            rd_kafka_conf_destroy(configuration)
            opaque.release()
            throw KafkaError(.invalidArgument, "the \(kind) could not be made: \(reason.text)")
        }
        self.kind = kind
        self.observer = observer
        self.handle = handle
    }

    /// The handle, for the thread that serves it and that `destroy` waits for.
    var unguardedHandle: OpaquePointer { handle }

    var isClosed: Bool { gate.isClosed }

    /// - Returns: Whether this call was the first to close it; nobody gets in any more.
    func close() -> Bool {
        gate.close()
    }

    var isUnused: Bool { gate.isEmpty }

    func waitUntilUnused() {
        gate.waitUntilEmpty()
    }

    func enter() -> Bool {
        gate.enter()
    }

    func leave() {
        gate.leave()
    }

    /// Lends the handle for a call that does not block.
    func use<R>(_ body: (OpaquePointer) throws(KafkaError) -> R) throws(KafkaError) -> R {
        guard gate.enter() else { throw .closed(kind) }
        defer { gate.leave() }
        return try body(handle)
    }

    /// Lends the handle for a call that may block, on a thread of ours.
    func block<R: Sendable>(
        _ body: @escaping @Sendable (OpaquePointer) throws(KafkaError) -> R
    ) async throws(KafkaError) -> R {
        guard gate.enter() else { throw .closed(kind) }
        defer { gate.leave() }
        return try await BlockingCalls.shared.run { [self] in
            do throws(KafkaError) {
                return .success(try body(handle))
            } catch {
                return .failure(error)
            }
        }
    }

    /// Destroys the handle, after everybody has left; blocks, and must be called once.
    func destroy(flags: Int32 = 0) {
        gate.waitUntilEmpty()
        rd_kafka_destroy_flags(handle, flags)
        Unmanaged.passUnretained(observer).release()
    }

    /// Serves what every kind of client is told: errors and statistics.
    ///
    /// - Returns: The fatal error, if the event brought one.
    func serveCommon(_ event: OpaquePointer) -> KafkaError? {
        switch rd_kafka_event_type(event) {
        case RD_KAFKA_EVENT_ERROR:
            let response = rd_kafka_event_error(event)
            if response == RD_KAFKA_RESP_ERR__FATAL || rd_kafka_event_error_is_fatal(event) != 0 {
                return fatalError() ?? KafkaError(.fatal, isFatal: true)
            }
            let text = rd_kafka_event_error_string(event).map { String(cString: $0) }
            observer.errors?(KafkaError(response, text))
        case RD_KAFKA_EVENT_STATS:
            if let statistics = observer.statistics, let json = rd_kafka_event_stats(event) {
                let text = UnsafeRawBufferPointer(start: json, count: strlen(json))
                statistics(KafkaStatistics(json: [UInt8](text)))
            }
        default:
            break
        }
        return nil
    }

    /// The error that killed the client, if one did. The handle must not be destroyed meanwhile.
    func fatalError() -> KafkaError? {
        let reason = ErrorText()
        let response = rd_kafka_fatal_error(handle, reason.buffer, reason.size)
        guard response != RD_KAFKA_RESP_ERR_NO_ERROR else { return nil }
        return KafkaError(.init(response), reason.text, isFatal: true)
    }
}
