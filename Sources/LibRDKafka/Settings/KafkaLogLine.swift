/// One line of librdkafka's log.
public struct KafkaLogLine: Sendable, Hashable {
    /// Syslog's levels.
    public enum Level: Int, Sendable, Comparable {
        /// The process is unusable.
        case emergency
        /// Somebody must act at once.
        case alert
        /// A critical condition.
        case critical
        /// An error.
        case error
        /// A warning.
        case warning
        /// Normal, but worth a look.
        case notice
        /// For information.
        case info
        /// Detail for debugging.
        case debug

        public static func < (left: Level, right: Level) -> Bool {
            left.rawValue < right.rawValue
        }
    }

    /// How serious it is.
    public var level: Level
    /// The part of librdkafka that speaks, e.g. `FAIL` or `CONFWARN`.
    public var facility: String
    /// The text.
    public var message: String

    /// - Parameters:
    ///   - level: How serious it is.
    ///   - facility: The part of librdkafka that speaks.
    ///   - message: The text.
    public init(level: Level, facility: String, message: String) {
        self.level = level
        self.facility = facility
        self.message = message
    }
}
