/// Where log lines go. A user of the library may bring one of their own and set it with ``LoggingSystem``.
///
/// A handler must be a value: changing a copy's level or metadata must not change the original.
public protocol LogHandler: Sendable {
    /// The least severe level that is written.
    var level: Logger.Level { get set }

    /// Metadata that every line carries. The logger merges it into ``LogRecord/metadata``.
    var metadata: Logger.Metadata { get set }

    /// Writes a line. Called from any thread; must not wait for long.
    func log(_ record: LogRecord)
}
