import OutboxTelemetry
import Synchronization
import Testing

@Suite struct LoggerTests {
    private let collector = LineCollector()

    @Test("Levels below the logger's are not written, and their closures don't run")
    func level() {
        let logger = collector.logfmt(.warning)
        logger.info("\(Issue.record("message was made"))", metadata: ["a": "\(Issue.record("metadata was made"))"])
        logger.warning("here")
        #expect(collector.lines.count == 1)
    }

    @Test("Levels are ordered by severity")
    func order() {
        #expect(Logger.Level.allCases.sorted() == [.trace, .debug, .info, .notice, .warning, .error, .critical])
    }

    @Test("Each level's method writes its level")
    func methods() {
        let logger = collector.logfmt()
        logger.trace("m")
        logger.debug("m")
        logger.info("m")
        logger.notice("m")
        logger.warning("m")
        logger.error("m")
        logger.critical("m")
        for (line, level) in zip(collector.lines, Logger.Level.allCases) {
            #expect(line.contains(" level=\(level.rawValue) "))
        }
        #expect(collector.lines.count == 7)
    }

    @Test("A line's metadata wins over the logger's, and a copy's change stays with the copy")
    func metadata() {
        var one = collector.logfmt()
        one[metadataKey: "instance"] = "a"
        var two = one
        two[metadataKey: "instance"] = "b"
        two.level = .error
        one.info("m")
        #expect(collector.lastMessage == "msg=m instance=a\n")
        two.error("m")
        #expect(collector.lastMessage == "msg=m instance=b\n")
        one.info("m", metadata: ["instance": "c", "lane": 12])
        #expect(collector.lastMessage == "msg=m instance=c lane=12\n")
        one[metadataKey: "instance"] = nil
        #expect(one[metadataKey: "instance"] == nil)
    }

    @Test("Lines carry the trace of the task")
    func trace() throws {
        let trace = try #require(TraceContext(traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"))
        TraceContext.$current.withValue(trace) { collector.logfmt().info("m") }
        #expect(
            collector.lastMessage == "msg=m span_id=00f067aa0ba902b7 trace_id=4bf92f3577b34da6a3ce929d0e0e4736\n")
    }

    @Test("A handler of the user's own gets the merged and masked record")
    func ownHandler() {
        struct OwnHandler: LogHandler {
            var level = Logger.Level.trace
            var metadata = Logger.Metadata()
            let records: RecordBox
            func log(_ record: LogRecord) { records.all.withLock { $0.append(record) } }
        }
        final class RecordBox: Sendable {
            let all = Mutex<[LogRecord]>([])
        }
        let box = RecordBox()
        LoggingSystem.bootstrap { label -> any LogHandler in
            if label == "own" { OwnHandler(records: box) } else { LogfmtHandler() }
        }
        var logger = Logger(label: "own")
        logger[metadataKey: "instance"] = "a"
        logger.error("password=hunter2", metadata: ["api_key": "k"])
        let records = box.all.withLock { $0 }
        #expect(records.map(\.message) == ["password=***"])
        #expect(records.first?.label == "own")
        #expect(records.first?.metadata == ["instance": "a", "api_key": "***"])
    }
}
