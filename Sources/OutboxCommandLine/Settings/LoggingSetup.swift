public import OutboxTelemetry

/// Sets a tool's logging up from its settings.
public enum LoggingSetup {
    /// - Returns: the tool's own logger.
    public static func bootstrap(_ invocation: Invocation, label: String) throws(UsageError) -> Logger {
        LoggingSystem.bootstrap(
            format: try invocation.value(StandardSettings.logFormat),
            level: try invocation.value(StandardSettings.logLevel))
        return Logger(label: label)
    }

    /// Logs every setting in force, secrets hidden, a line for all.
    public static func announce(_ invocation: Invocation, version: String, to logger: Logger) {
        var metadata: Logger.Metadata = ["version": "\(version)"]
        for (name, value) in invocation.describedSettings { metadata[name] = "\(value)" }
        logger.info("settings", metadata: metadata)
    }
}
