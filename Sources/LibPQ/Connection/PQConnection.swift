import CLibPQ

/// A connection to a PostgreSQL server, on a thread of its own.
///
/// It can be used from many tasks: their statements run one after the other, and wait while another task's transaction
/// is open. When a task is cancelled during its statement, the server is asked to stop it; the connection stays usable.
/// A connection that is let go closes itself.
public actor PQConnection: PQSession {
    nonisolated let thread: PQThread
    nonisolated let interrupt: PQInterrupt
    nonisolated let mailbox: PQHandoff<PQNotification>
    /// Held by the one transaction (or COPY) that is open.
    nonisolated let turn = PQHandoff<Void>([()])

    /// The socket while the connection is at rest: what its next user finds as a new one would be. nil at other times.
    nonisolated let restingSocket = PQLock<Int32?>(nil)

    let channel: PQChannel
    /// The transaction that has the connection to itself.
    var scope: UInt64? { didSet { noteRest() } }
    var lastScope: UInt64 = 0
    /// What made the open transaction fail, if something did.
    var transactionFailure: PQError?
    var isListening = false { didSet { noteRest() } }
    /// Whether the rows of a COPY are on their way.
    var isCopying = false

    /// The connection's own thread.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    private init(_ configuration: PQConfiguration, thread: PQThread) {
        self.thread = thread
        channel = PQChannel(configuration, thread: thread)
        interrupt = channel.interrupt
        mailbox = channel.notifications
    }

    /// Connects to a server.
    /// - Parameter configuration: where and how.
    /// - Returns: an open connection.
    /// - Throws: ``PQError/Code/connectionFailed``, ``PQError/Code/cancelled``, or ``PQError/Code/usage`` for a URL that
    ///   can't work.
    public static func connect(_ configuration: PQConfiguration) async throws(PQError) -> PQConnection {
        let attempt = try ConnectionAttempt(configuration)
        let connection = PQConnection(configuration, thread: try PQThread(name: "libpq"))
        let opened = PQHandoff<Result<PQConnection, PQError>>()
        let interrupt = connection.interrupt
        Task {
            opened.put(await connection.open())
        }
        do {
            // A name look-up can't be interrupted: then the attempt is left to itself, and ends when the look-up does.
            if let result = try await opened.take(timeout: attempt.timeout + .seconds(1)) { return try result.get() }
        } catch {
            interrupt.requestAny()
            throw error
        }
        interrupt.requestAny()
        throw attempt.timedOut()
    }

    private func open() -> Result<PQConnection, PQError> {
        do {
            try channel.open()
            return .success(self)
        } catch {
            return .failure(error)
        }
    }

    /// Whether statements can be run: false once the connection has been closed or found broken.
    public var isUsable: Bool { channel.isUsable }

    /// The server process that serves this connection, 0 when it is closed; behind a pooler, a number that the pooler made
    /// up.
    public var backendProcessID: Int32 {
        guard let pointer = try? channel.connection() else { return 0 }
        return PQbackendPID(pointer)
    }

    /// The server's version as a number, such as 150018 for 15.18; 0 when the connection is closed.
    public var serverVersion: Int {
        guard let pointer = try? channel.connection() else { return 0 }
        return Int(PQserverVersion(pointer))
    }

    /// Closes the connection. An open transaction is rolled back by the server. Closing again does nothing.
    public func close() {
        channel.close(PQError(.closed, "the connection has been closed"))
        noteRest()
    }

    /// Runs a statement; see ``PQSession/execute(_:)``.
    @discardableResult
    public func execute(_ statement: PQStatement) async throws(PQError) -> Int {
        try await query(statement).affectedRows
    }

    /// Runs a statement that returns rows; see ``PQSession/query(_:)``.
    public func query(_ statement: PQStatement) async throws(PQError) -> PQResult {
        try await inTurn { (channel) throws(PQError) in try channel.query(statement) }
    }

    /// Runs SQL text of one or more statements; see ``PQSession/run(script:)``.
    public func run(script: String) async throws(PQError) {
        try await inTurn { (channel) throws(PQError) in try channel.run(script: script) }
    }

    // MARK: Running operations

    /// Runs an operation as soon as no transaction is open.
    func inTurn<Value: Sendable>(
        _ operation: (PQChannel) throws(PQError) -> Value
    ) async throws(PQError) -> Value {
        // An operation does not suspend, so without a transaction there is nothing to wait for.
        guard scope != nil else { return try await perform(operation) }
        try checkNotHeld()
        _ = try await turn.take()
        defer { turn.put(()) }
        return try await perform(operation)
    }

    /// Runs an operation that the task's cancellation ends.
    func perform<Value: Sendable>(
        _ operation: (PQChannel) throws(PQError) -> Value
    ) async throws(PQError) -> Value {
        let ticket = interrupt.begin()
        let interrupt = interrupt
        let result: Result<Value, PQError> = await withTaskCancellationHandler {
            // A closure that does not use the actor would not run on its thread.
            self.result(of: operation, unlessCancelled: true)
        } onCancel: {
            interrupt.request(ticket)
        }
        return try result.get()
    }

    /// Runs an operation to its end, whether the task is cancelled or not.
    func performShielded<Value>(
        _ operation: (PQChannel) throws(PQError) -> Value
    ) throws(PQError) -> Value {
        _ = interrupt.begin()
        return try result(of: operation, unlessCancelled: false).get()
    }

    private func result<Value>(
        of operation: (PQChannel) throws(PQError) -> Value, unlessCancelled: Bool
    ) -> Result<Value, PQError> {
        assertIsolated()
        guard !unlessCancelled || !Task.isCancelled else { return .failure(.cancelled()) }
        defer {
            channel.settleCancellation()
            noteRest()
        }
        do {
            return .success(try operation(channel))
        } catch {
            return .failure(error)
        }
    }
}
