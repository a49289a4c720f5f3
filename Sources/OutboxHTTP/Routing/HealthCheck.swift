/// One thing that must be right.
public struct HealthCheck: Sendable, Hashable, Encodable {
    /// How a check came out, from the best to the worst.
    public enum Status: String, Sendable, Hashable, Encodable, Comparable {
        /// All is well.
        case pass
        /// Worth a look, but progress is possible.
        case warn
        /// No progress is possible.
        case fail

        private var badness: Int {
            switch self {
            case .pass: 0
            case .warn: 1
            case .fail: 2
            }
        }

        public static func < (left: Self, right: Self) -> Bool { left.badness < right.badness }
    }

    /// What was checked: `database`, `broker`, `lanes`.
    public var name: String
    /// How it came out.
    public var status: Status
    /// What was seen; must hold no secrets.
    public var detail: String?

    /// Makes a check's result.
    public init(_ name: String, _ status: Status, detail: String? = nil) {
        self.name = name
        self.status = status
        self.detail = detail
    }

    /// Makes a result that passes or fails.
    public init(_ name: String, passes: Bool, detail: String? = nil) {
        self.init(name, passes ? .pass : .fail, detail: detail)
    }
}
