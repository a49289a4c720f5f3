/// Writes levelled, structured log lines, in the shape of swift-log.
///
/// A logger is a value: setting its level or metadata changes this copy only. Messages and metadata are closures that
/// run only when the level is on.
///
/// Secrets are kept out before a handler sees the line, whichever handler is in use: see ``LogRedaction``. When the
/// task carries a trace (``TraceContext/current``), the line carries `trace_id` and `span_id`.
///
/// ```swift
/// var logger = Logger(label: "outbox.dispatcher")
/// logger[metadataKey: "instance"] = "a"
/// logger.info("Lane taken over", metadata: ["lane": 12, "epoch": "\(epoch)"])
/// ```
public struct Logger: Sendable {
    /// Metadata of a line: names and values.
    public typealias Metadata = [String: MetadataValue]

    /// What this logger stands for, usually a part of the process: `outbox.dispatcher`.
    public let label: String

    /// Where lines go.
    public var handler: any LogHandler

    /// Makes a logger over the handler that ``LoggingSystem`` gives.
    public init(label: String) {
        self.init(label: label, handler: LoggingSystem.makeHandler(label: label))
    }

    /// Makes a logger over a handler of its own.
    public init(label: String, handler: any LogHandler) {
        self.label = label
        self.handler = handler
    }

    /// The least severe level that is written.
    public var level: Level {
        get { handler.level }
        set { handler.level = newValue }
    }

    /// Metadata that every line of this logger carries.
    public subscript(metadataKey key: String) -> MetadataValue? {
        get { handler.metadata[key] }
        set { handler.metadata[key] = newValue.map { LogRedaction.redacted($0, key: key) } }
    }

    /// Writes a line if `level` is on.
    ///
    /// - Parameters:
    ///   - level: How severe it is.
    ///   - message: What happened, for people; what differs from one time to the next belongs into the metadata.
    ///   - metadata: Wins over the logger's own metadata of the same key.
    public func log(
        level: Level, _ message: @autoclosure () -> String, metadata: @autoclosure () -> Metadata = [:]
    ) {
        guard level >= handler.level else { return }
        var all = handler.metadata
        if let trace = TraceContext.current {
            all["trace_id"] = .string(trace.traceID.description)
            all["span_id"] = .string(trace.spanID.description)
        }
        for (key, value) in metadata() { all[key] = value }
        handler.log(
            LogRecord(
                time: .now, level: level, label: label, message: LogRedaction.redacted(message()),
                metadata: LogRedaction.redacted(all)))
    }
}
