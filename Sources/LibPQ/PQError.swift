/// What went wrong on a PostgreSQL connection.
///
/// An error says where and why, never with which values: DETAIL and CONTEXT of the server are left out, quoted input is
/// blanked out of data errors, and a connection's password is never part of a message.
public struct PQError: Error, Sendable, Hashable {
    /// The kind of failure, which is what a program decides by.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private let name: StaticName

        private enum StaticName: String, Sendable {
            case connectionFailed, connectionLost, server, cancelled, timeout, poolExhausted, poolClosed, decoding
            case encoding, closed, usage, sharedSession
        }

        /// No connection could be made: the server can't be reached, or it refused.
        public static let connectionFailed = Code(name: .connectionFailed)
        /// A connection that worked is gone. A statement under way may or may not have taken effect.
        public static let connectionLost = Code(name: .connectionLost)
        /// The server rejected a statement; ``PQError/sqlState`` says why.
        public static let server = Code(name: .server)
        /// The task was cancelled. The statement had no effect.
        public static let cancelled = Code(name: .cancelled)
        /// The server stopped the statement by itself (SQLSTATE 57014: `statement_timeout`, or an administrator).
        public static let timeout = Code(name: .timeout)
        /// All connections of the pool stayed in use for longer than the acquire timeout.
        public static let poolExhausted = Code(name: .poolExhausted)
        /// The pool has been closed.
        public static let poolClosed = Code(name: .poolClosed)
        /// A value of the result is not what the caller asked for.
        public static let decoding = Code(name: .decoding)
        /// A parameter can't be represented in PostgreSQL.
        public static let encoding = Code(name: .encoding)
        /// The connection has been closed by this program.
        public static let closed = Code(name: .closed)
        /// The call can't work as it was made; the message says what to change.
        public static let usage = Code(name: .usage)
        /// The call needs a session of the server to itself, and a pooler lends one for a transaction only; or there is
        /// such a pooler although ``PQPooling/session`` says otherwise.
        public static let sharedSession = Code(name: .sharedSession)

        /// The name of the kind.
        public var description: String { name.rawValue }
    }

    /// The kind of failure.
    public var code: Code
    /// What happened and what to do, without values.
    public var message: String
    /// The server's five-character error code, where the server was the one to complain.
    public var sqlState: String?
    /// `ERROR`, `FATAL` or `PANIC`, untranslated.
    public var severity: String?
    /// The server's hint.
    public var hint: String?
    /// The constraint that was violated.
    public var constraint: String?
    /// The table that the error is about.
    public var table: String?
    /// True when a cached prepared statement was the cause, so that preparing it again may help.
    var isStaleStatement = false

    /// Creates an error.
    /// - Parameters:
    ///   - code: the kind of failure.
    ///   - message: what happened and what to do; must not contain values.
    ///   - sqlState: the server's error code, if it has one.
    public init(_ code: Code, _ message: String, sqlState: String? = nil) {
        self.code = code
        self.message = message
        self.sqlState = sqlState
    }

    /// Whether the connection, not the statement, is the trouble: it broke, could not be made, or the server is
    /// shutting down or starting up. The same work on a new connection may succeed.
    public var isConnectionLost: Bool {
        if code == .connectionLost { return true }
        if let sqlState {
            // A malformed message is no lost connection. But it is also what PgBouncer calls each failure of its own.
            if sqlState == "08P01" { return code == .connectionFailed }
            return sqlState.hasPrefix("08") || ["57P01", "57P02", "57P03"].contains(sqlState)
        }
        return code == .connectionFailed
    }

    /// Whether the transaction lost against a concurrent one (40001, 40P01) and deserves another try.
    public var isSerializationFailure: Bool { sqlState == "40001" || sqlState == "40P01" }

    /// Whether the same work may succeed later without anybody mending anything.
    public var isTransient: Bool {
        isConnectionLost || isSerializationFailure || sqlState == "53300" || sqlState == "55P03"
    }
}

extension PQError: CustomStringConvertible {
    /// Code, message, SQLSTATE, hint, constraint and table in one line.
    public var description: String {
        var text = "\(code): \(message)"
        if let sqlState { text += " [SQLSTATE \(sqlState)]" }
        if let constraint { text += " (constraint \(constraint))" }
        if let table { text += " (table \(table))" }
        if let hint { text += " Hint: \(hint)" }
        return text
    }
}

extension PQError {
    static func cancelled(_ message: String = "the task was cancelled") -> PQError { PQError(.cancelled, message) }
}
