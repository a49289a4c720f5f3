import CLibRDKafka

/// The closures through which a client's log lines, errors and statistics leave the library.
final class ClientObserver: Sendable {
    let log: (@Sendable (KafkaLogLine) -> Void)?
    let statistics: (@Sendable (KafkaStatistics) -> Void)?
    let errors: (@Sendable (KafkaError) -> Void)?

    init(
        log: (@Sendable (KafkaLogLine) -> Void)?, statistics: (@Sendable (KafkaStatistics) -> Void)?,
        errors: (@Sendable (KafkaError) -> Void)?
    ) {
        self.log = log
        self.statistics = statistics
        self.errors = errors
    }

    /// librdkafka calls this from any of its threads; the client keeps the observer alive until it is destroyed.
    static let logCallback:
        @convention(c) (OpaquePointer?, Int32, UnsafePointer<CChar>?, UnsafePointer<CChar>?) -> Void = {
            client, level, facility, text in
            guard let client, let opaque = rd_kafka_opaque(client), let text else { return }
            let observer = Unmanaged<ClientObserver>.fromOpaque(opaque).takeUnretainedValue()
            observer.log?(
                KafkaLogLine(
                    level: KafkaLogLine.Level(rawValue: Int(level)) ?? .debug,
                    facility: facility.map { String(cString: $0) } ?? "", message: String(cString: text)))
        }
}
