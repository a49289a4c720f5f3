/// What went wrong in the outbox library, with what to do about it.
///
/// `description` never shows payloads or parameter values.
public struct OutboxError: Error, Sendable, CustomStringConvertible {
    /// The kind of failure, for programs.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        let name: String

        /// The event can't be written as it is (an empty type, a payload that is not an object, …).
        public static let invalidEvent = Code(name: "invalid event")
        /// The payload could not be encoded as JSON.
        public static let encoding = Code(name: "encoding")
        /// A setting has a value that is not allowed.
        public static let invalidConfiguration = Code(name: "invalid configuration")
        /// The text is not JSON.
        public static let invalidJSON = Code(name: "invalid JSON")
        /// The database's schema is not what this version expects.
        public static let schema = Code(name: "schema")

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
