import OutboxTelemetry
import Synchronization

/// Keeps log lines for a test.
final class LineCollector: Sendable {
    private let collected = Mutex<[String]>([])

    var output: LogOutput {
        LogOutput { [self] bytes in collected.withLock { $0.append(String(decoding: bytes, as: UTF8.self)) } }
    }

    var lines: [String] { collected.withLock { $0 } }

    func logfmt(_ level: Logger.Level = .trace) -> Logger {
        Logger(label: "test", handler: LogfmtHandler(output: output, level: level))
    }

    func json(_ level: Logger.Level = .trace) -> Logger {
        Logger(label: "test", handler: JSONLinesHandler(output: output, level: level))
    }

    /// The last line without what stands before the message, which differs from run to run.
    var lastMessage: String {
        let line = lines.last ?? ""
        return line.firstRange(of: "msg=").map { String(line[$0.lowerBound...]) } ?? line
    }
}
