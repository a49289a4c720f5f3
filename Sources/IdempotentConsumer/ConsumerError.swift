/// What keeps a consumer from working.
///
/// The description shows no payloads and no secrets.
public struct ConsumerError: Error, CustomStringConvertible {
    /// The kind of failure, which is what a program decides by.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Name: String { case invalidConfiguration, schemaMissing, kafka, deadLetter, rebuild, fenced }
        private let name: Name

        /// A setting can't work; the message names it and what is allowed.
        public static let invalidConfiguration = Code(name: .invalidConfiguration)
        /// The consumer's tables are not there.
        public static let schemaMissing = Code(name: .schemaMissing)
        /// The Kafka client can't work any more.
        public static let kafka = Code(name: .kafka)
        /// A dead letter could not be written.
        public static let deadLetter = Code(name: .deadLetter)
        /// Another consumer with the same `groupInstance` has taken this one's place.
        public static let fenced = Code(name: .fenced)
        /// A rebuild can't go on; the old tables serve.
        public static let rebuild = Code(name: .rebuild)

        /// The name of the kind.
        public var description: String { name.rawValue }
    }

    /// The kind of failure.
    public let code: Code
    /// What happened and what to do.
    public let message: String
    /// What caused it, where something did.
    public let underlying: (any Error)?

    init(_ code: Code, _ message: String, underlying: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.underlying = underlying
    }

    /// The kind, the message, and what caused it.
    public var description: String {
        underlying.map { "\(code): \(message): \($0)" } ?? "\(code): \(message)"
    }
}
