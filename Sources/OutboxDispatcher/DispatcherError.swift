/// Why a dispatcher can't run, with what to do about it. What can heal by itself is waited for and never thrown.
public struct DispatcherError: Error, Sendable, CustomStringConvertible {
    /// The kind of failure, for programs.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        let name: String

        /// A setting has a value that is not allowed.
        public static let invalidConfiguration = Code(name: "invalid configuration")
        /// The database lacks the outbox's tables or the index for this number of lanes.
        public static let schema = Code(name: "schema")
        /// The producer can't be made from its settings.
        public static let producer = Code(name: "producer")
        /// A topic that is needed is missing or can't be used.
        public static let topic = Code(name: "topic")

        /// Another process was started under the same instance name.
        public static let replaced = Code(name: "replaced")

        /// The name of the kind.
        public var description: String { name }
    }

    /// The kind of failure.
    public var code: Code
    /// What happened and what to do next.
    public var message: String
    /// The error that led to this one, if any.
    public var underlying: (any Error)?

    /// Makes an error.
    public init(_ code: Code, _ message: String, underlying: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.underlying = underlying
    }

    /// The kind, the message, and the error that led to this one.
    public var description: String {
        underlying.map { "\(code): \(message) (\($0))" } ?? "\(code): \(message)"
    }
}
