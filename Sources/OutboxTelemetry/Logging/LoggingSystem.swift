import Synchronization

/// Gives loggers their handlers.
///
/// Until ``bootstrap(_:)`` is called, lines go to standard error as logfmt from level info on.
public enum LoggingSystem {
    /// Makes a handler for a logger's label.
    public typealias HandlerFactory = @Sendable (_ label: String) -> any LogHandler

    private static let factory = Mutex<HandlerFactory>({ _ in LogfmtHandler() })

    /// Sets how handlers are made from now on; loggers that exist keep theirs. Call it first thing in the process.
    public static func bootstrap(_ makeHandler: @escaping HandlerFactory) {
        factory.withLock { $0 = makeHandler }
    }

    /// Sends lines to `output` in `format` from `level` on.
    public static func bootstrap(format: LogFormat, level: Logger.Level, output: LogOutput = .standardError) {
        switch format {
        case .logfmt: bootstrap { _ in LogfmtHandler(output: output, level: level) }
        case .json: bootstrap { _ in JSONLinesHandler(output: output, level: level) }
        }
    }

    static func makeHandler(label: String) -> any LogHandler {
        let makeHandler = factory.withLock { $0 }
        return makeHandler(label)
    }
}
