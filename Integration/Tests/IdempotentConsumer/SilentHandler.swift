import OutboxTelemetry
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Drops all lines: what a consumer complains about in these tests is what they provoke.
struct SilentHandler: LogHandler {
    var level = Logger.Level.critical
    var metadata: Logger.Metadata = [:]

    func log(_ record: LogRecord) {}
}

/// Keeps warnings and worse for a test to look at.
struct KeepingHandler: LogHandler {
    final class Lines: Sendable {
        private let lines = Mutex<[LogRecord]>([])
        func append(_ line: LogRecord) { lines.withLock { $0.append(line) } }
        var all: [LogRecord] { lines.withLock { $0 } }
    }

    let lines = Lines()
    var level = Logger.Level.warning
    var metadata: Logger.Metadata = [:]

    func log(_ record: LogRecord) { lines.append(record) }
}

/// Takes its time over warnings, and drops all lines.
struct SlowHandler: LogHandler {
    var level = Logger.Level.warning
    var metadata: Logger.Metadata = [:]

    func log(_ record: LogRecord) { usleep(500_000) }
}
