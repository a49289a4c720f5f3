/// What went wrong with a Redis server or on the way to it.
///
/// It never shows keys, values or passwords.
public struct RedisError: Error, Sendable, Hashable {
    /// The kind of failure, which is what a program decides by.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private let name: Name

        private enum Name: String, Sendable {
            case connectionFailed, connectionLost, timedOut, accessDenied, outOfMemory, server, closed, usage
        }

        /// No connection could be made.
        public static let connectionFailed = Code(name: .connectionFailed)
        /// A connection that worked is gone. What was asked for may or may not have taken effect.
        public static let connectionLost = Code(name: .connectionLost)
        /// The server did not answer in time. What was asked for may or may not have taken effect.
        public static let timedOut = Code(name: .timedOut)
        /// Wrong user or password, none where one is needed, or a command that the user may not give.
        public static let accessDenied = Code(name: .accessDenied)
        /// The server is at its `maxmemory` and must not evict.
        public static let outOfMemory = Code(name: .outOfMemory)
        /// The server refused for another reason; ``RedisError/serverCode`` is its own word for it.
        public static let server = Code(name: .server)
        /// The cache has been closed by this program.
        public static let closed = Code(name: .closed)
        /// The URL can't work; the message says what to change.
        public static let usage = Code(name: .usage)

        /// The name of the kind.
        public var description: String { name.rawValue }
    }

    /// The kind of failure.
    public var code: Code
    /// What happened and what to do.
    public var message: String
    /// The server's word for it, such as `WRONGTYPE`, where the server was the one to complain.
    public var serverCode: String?

    /// Creates an error.
    /// - Parameters:
    ///   - code: the kind of failure.
    ///   - message: what happened and what to do; must not contain keys, values or secrets.
    ///   - serverCode: the server's word for it.
    public init(_ code: Code, _ message: String, serverCode: String? = nil) {
        self.code = code
        self.message = message
        self.serverCode = serverCode
    }
}

extension RedisError: CustomStringConvertible {
    /// Code and message in one line.
    public var description: String { "\(code): \(message)" }
}

extension RedisError {
    /// Reads an error reply: a word in capital letters, then a sentence.
    init(reply: String) {
        let word = String(reply.prefix { $0 != " " })
        let code: Code =
            switch word {
            case "NOAUTH", "WRONGPASS", "NOPERM": .accessDenied
            case "OOM": .outOfMemory
            default: .server
            }
        self.init(code, "Redis says: " + Self.withoutArguments(reply), serverCode: word)
    }

    /// An unknown command comes back with its arguments, which may be anything.
    private static func withoutArguments(_ reply: String) -> String {
        let sentence = reply.split(separator: ", with args", maxSplits: 1).first.map(String.init) ?? reply
        return sentence.count > 300 ? sentence.prefix(300) + "…" : sentence
    }
}
