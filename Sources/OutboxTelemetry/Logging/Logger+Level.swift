extension Logger {
    /// How severe a line is, from the least to the most.
    public enum Level: String, Sendable, Hashable, Codable, CaseIterable, Comparable {
        /// Every step of a small part.
        case trace
        /// For finding an error.
        case debug
        /// Useful in normal running.
        case info
        /// Normal, but deserves a look.
        case notice
        /// Not an error yet.
        case warning
        /// Something failed.
        case error
        /// Needs a person now.
        case critical

        private var severity: Int {
            switch self {
            case .trace: 0
            case .debug: 1
            case .info: 2
            case .notice: 3
            case .warning: 4
            case .error: 5
            case .critical: 6
            }
        }

        /// Whether one level is less severe than another.
        public static func < (left: Self, right: Self) -> Bool { left.severity < right.severity }
    }
}
