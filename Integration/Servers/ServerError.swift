/// Why a server or a process of a test could not do what was asked of it.
public struct ServerError: Error, Sendable, CustomStringConvertible {
    /// What kind of trouble it was.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// The name of the code.
        public let description: String

        /// A program or a distribution that is needed is not on this machine.
        public static let notInstalled = Code(description: "notInstalled")
        /// The operating system refused to start a process or to make a folder.
        public static let system = Code(description: "system")
        /// A server ended, or gave up, while it was starting.
        public static let startFailed = Code(description: "startFailed")
        /// A process ended otherwise than it should have.
        public static let exited = Code(description: "exited")
        /// A server gave no answer to a request.
        public static let unreachable = Code(description: "unreachable")
        /// Something did not happen before its deadline.
        public static let timedOut = Code(description: "timedOut")
        /// This broker or server can't do that, such as killing a broker that somebody else runs.
        public static let unsupported = Code(description: "unsupported")
    }

    /// What kind of trouble it was.
    public let code: Code
    /// What happened and what to do about it.
    public let message: String

    /// Makes an error.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The message, for people.
    public var description: String { message }
}
