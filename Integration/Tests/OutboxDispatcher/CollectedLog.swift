import OutboxTelemetry
import Synchronization

/// The lines that a dispatcher under test logs at level info and above.
final class CollectedLog: Sendable {
    private let lines = Mutex<[LogRecord]>([])

    var logger: Logger { Logger(label: "test.dispatcher", handler: Handler(log: self)) }

    /// So far, in order.
    var records: [LogRecord] { lines.withLock { $0 } }

    /// Their messages, in order.
    var messages: [String] { records.map(\.message) }

    func count(_ message: String) -> Int { records.count { $0.message.hasPrefix(message) } }

    /// The metadata of the last line that begins so, as text.
    func last(_ message: String) -> String? {
        records.last { $0.message.hasPrefix(message) }.map { "\($0.metadata)" }
    }

    private struct Handler: LogHandler {
        let log: CollectedLog
        var level = Logger.Level.info
        var metadata: Logger.Metadata = [:]

        func log(_ record: LogRecord) { log.lines.withLock { $0.append(record) } }
    }
}
