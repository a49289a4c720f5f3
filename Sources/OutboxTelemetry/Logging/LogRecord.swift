/// One log line on its way to a handler. Secrets are masked already.
public struct LogRecord: Sendable {
    /// When it was logged.
    public var time: LogTime
    /// How severe it is.
    public var level: Logger.Level
    /// The logger's label.
    public var label: String
    /// What happened.
    public var message: String
    /// The logger's metadata and the line's own, merged.
    public var metadata: Logger.Metadata

    /// Makes a record, as a logger does; for testing handlers.
    public init(
        time: LogTime, level: Logger.Level, label: String, message: String, metadata: Logger.Metadata = [:]
    ) {
        self.time = time
        self.level = level
        self.label = label
        self.message = message
        self.metadata = metadata
    }
}
