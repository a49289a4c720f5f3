import CLibPQ

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A libpq connection with its prepared statements, used on its own thread only. Its calls block that thread.
///
/// libpq is used in its non-blocking mode, and waiting is done here, because only so can a wait be ended by a cancelled
/// task or a deadline.
final class PQChannel {
    let configuration: PQConfiguration
    let thread: PQThread
    let interrupt: PQInterrupt
    let notifications: PQHandoff<PQNotification>
    var statements: StatementCache

    /// How long the server may take to answer a cancel request before the connection is given up.
    private let cancellationGrace: Duration = .seconds(5)

    /// Whether a pooler stands between, as far as was looked.
    var hasPooler = false
    /// Whether the session is lent by a pooler, for one transaction at a time.
    var isPooled = false
    /// Puts the settings in force for a statement outside of a transaction; nil if there are none.
    let settingsQuery: String?

    /// Whether the server has sent the last row of a COPY, and the result is still to be read.
    var isCopyOutAtEnd = false

    private var pointer: OpaquePointer?
    private var failure: PQError?
    private var cancelKey: CancelKey?
    private var cancellation: CancelRequest?
    /// When the wait for the server is given up; nil while it is left to TCP.
    private var deadline: ContinuousClock.Instant?
    // Alive as long as the connection, which only has a plain pointer to it.
    private let noticeReceiver: NoticeReceiver

    init(_ configuration: PQConfiguration, thread: PQThread) {
        self.configuration = configuration
        self.thread = thread
        interrupt = PQInterrupt(wakeup: thread.wakeup)
        notifications = PQHandoff(capacity: 65_536)
        // Where a pooler was overlooked, no other connection must have a statement of the same name.
        let prefix = "libpq_" + String(UInt64.random(in: .min ... .max), radix: 36)
        statements = StatementCache(limit: configuration.preparedStatementLimit, prefix: prefix)
        settingsQuery = configuration.transactionSettingsQuery
        noticeReceiver = NoticeReceiver(configuration.noticeHandler)
    }

    deinit { PQfinish(pointer) }

    /// The open connection.
    /// - Throws: why there is none.
    func connection() throws(PQError) -> OpaquePointer {
        if let pointer { return pointer }
        throw failure ?? PQError(.closed, "the connection is not open")
    }

    var isUsable: Bool { pointer.map { PQstatus($0) == CONNECTION_OK } ?? false }

    /// Whether no transaction is open, one is, or one has failed.
    var transactionStatus: PGTransactionStatusType { pointer.map { PQtransactionStatus($0) } ?? PQTRANS_UNKNOWN }

    var socket: Int32? { pointer.map { PQsocket($0) } }

    /// Closes the connection. Whatever is asked of it later throws `error`.
    func close(_ error: PQError) {
        if failure == nil { failure = error }
        notifications.close(error)
        thread.unwatch()
        PQfinish(pointer)
        pointer = nil
        cancelKey = nil
    }

    /// Closes a connection that has broken.
    /// - Parameter error: what to tell; without it what libpq knows.
    /// - Returns: the error to throw.
    func lose(_ error: PQError? = nil) -> PQError {
        var loss = error ?? noticeReceiver.farewell
        if loss == nil, let pointer {
            let message = PQError.firstLine(of: String(cString: PQerrorMessage(pointer)))
            // The server's parting words may have been read before the end of the stream was.
            for _ in 0..<8 {
                guard let result = PQgetResult(pointer) else { break }
                if loss == nil, PQresultErrorField(result, DiagnosticField.sqlState) != nil {
                    loss = PQError(result: result)
                }
                PQclear(result)
            }
            loss = loss ?? PQError(.connectionLost, message)
        }
        var final = loss ?? PQError(.connectionLost, "the connection to the server is lost")
        final.code = .connectionLost
        close(final)
        return final
    }

    // MARK: Opening

    /// Connects and sets the session up.
    /// - Throws: ``PQError/Code/connectionFailed``, or ``PQError/Code/usage`` for a URL that can't work.
    func open() throws(PQError) {
        let attempt = try ConnectionAttempt(configuration)
        do throws(PQError) {
            let pointer = try attempt.start()
            self.pointer = pointer
            noticeReceiver.install(on: pointer)
            deadline = .now + attempt.timeout
            defer { deadline = nil }
            try handshake(pointer, attempt)
            cancelKey = CancelKey(pointer)
            PQsetErrorVerbosity(pointer, PQERRORS_DEFAULT)
            guard PQsetnonblocking(pointer, 1) == 0 else { throw attempt.failure(pointer) }
            try beginSession()
        } catch {
            var error = error
            if error.code == .connectionLost { error.code = .connectionFailed }
            close(error)
            throw error
        }
    }

    private func handshake(_ pointer: OpaquePointer, _ attempt: ConnectionAttempt) throws(PQError) {
        var status = PGRES_POLLING_WRITING
        guard PQstatus(pointer) != CONNECTION_BAD else { throw attempt.failure(pointer) }
        while status != PGRES_POLLING_OK {
            guard status != PGRES_POLLING_FAILED else { throw attempt.failure(pointer) }
            guard !interrupt.isRequested else { throw .cancelled() }
            let events = status == PGRES_POLLING_READING ? POLLIN : POLLOUT
            switch try poll(PQsocket(pointer), Int16(events)) {
            case .ready: status = PQconnectPoll(pointer)
            case .woken: continue
            case .late: throw attempt.timedOut()
            }
        }
    }

    // MARK: Waiting

    private enum Wait {
        case ready(Int16)
        case woken
        case late
    }

    private func poll(_ socket: Int32, _ events: Int16) throws(PQError) -> Wait {
        var milliseconds: Int32 = -1
        if let deadline {
            let left = deadline - .now
            guard left > .zero else { return .late }
            milliseconds = Int32(clamping: left.milliseconds + 1)
        }
        return withUnsafeTemporaryAllocation(of: pollfd.self, capacity: 2) { descriptors in
            descriptors[0] = pollfd(fd: socket, events: events, revents: 0)
            descriptors[1] = pollfd(fd: thread.wakeup.descriptor, events: Int16(POLLIN), revents: 0)
            guard let base = descriptors.baseAddress, systemPoll(base, 2, milliseconds) > 0 else { return .woken }
            if descriptors[1].revents != 0 { thread.wakeup.drain() }
            return descriptors[0].revents != 0 ? .ready(descriptors[0].revents) : .woken
        }
    }

    /// Waits until the server has sent something (or takes something more), and reads it.
    func waitForServer(writing: Bool = false, reading: Bool = true) throws(PQError) {
        let connection = try connection()
        while true {
            if interrupt.isRequested && cancellation == nil { try requestCancellation() }
            switch try poll(PQsocket(connection), Int16((reading ? POLLIN : 0) | (writing ? POLLOUT : 0))) {
            case .woken: continue
            case .late:
                guard cancellation == nil else {
                    throw close(cancelledBecauseOf: "the server did not answer the cancel request")
                }
                throw lose(PQError(.connectionLost, "the server did not answer in time"))
            case .ready(let events):
                // Everything but "writable" (data, end of stream, an error) is found by reading.
                guard events != Int16(POLLOUT) else { return }
                guard PQconsumeInput(connection) == 1 else { throw lose() }
                collectNotifications(connection)
                return
            }
        }
    }

    /// Sends what libpq holds back.
    /// - Returns: whether all of it is on its way.
    func flush() throws(PQError) -> Bool {
        let status = PQflush(try connection())
        guard status >= 0 else { throw lose() }
        return status == 0
    }

    /// The next result of what was sent, or nil when there are no more.
    func nextResult() throws(PQError) -> OpaquePointer? {
        let connection = try connection()
        while true {
            let isFlushed = try flush()
            if PQisBusy(connection) == 0 { return PQgetResult(connection) }
            try waitForServer(writing: !isFlushed)
        }
    }

    /// Reads whatever has arrived, without waiting.
    /// - Throws: ``PQError/Code/connectionLost`` if the server has closed the connection.
    func consumeArrived() throws(PQError) {
        let connection = try connection()
        var descriptor = pollfd(fd: PQsocket(connection), events: Int16(POLLIN), revents: 0)
        while systemPoll(&descriptor, 1, 0) > 0 {
            guard PQconsumeInput(connection) == 1 else { throw lose() }
            // Parses what was read: a server that goes down says so, and closes a moment later.
            _ = PQisBusy(connection)
            guard noticeReceiver.farewell == nil else { throw lose() }
        }
        collectNotifications(connection)
    }

    /// Runs something that must be over by a deadline; the connection is lost if it is not.
    func within<Value>(
        _ duration: Duration, _ body: () throws(PQError) -> Value
    ) throws(PQError) -> Value {
        deadline = .now + duration
        // The end of a cancellation has a deadline of its own.
        defer { if cancellation == nil { deadline = nil } }
        return try body()
    }

    /// Does nothing for a while.
    /// - Throws: ``PQError/Code/cancelled`` as soon as the operation is to end early.
    func rest(for duration: Duration) throws(PQError) {
        deadline = .now + duration
        defer { deadline = nil }
        while true {
            guard !interrupt.isRequested else { throw .cancelled() }
            if case .late = try poll(-1, 0) { return }
        }
    }

    private func collectNotifications(_ connection: OpaquePointer) {
        while let notification = PQnotifies(connection) {
            notifications.put(PQNotification(notification.pointee))
            PQfreemem(notification)
        }
    }

    // MARK: Cancelling

    private func requestCancellation() throws(PQError) {
        guard let cancelKey else { throw close(cancelledBecauseOf: "it can't be cancelled") }
        do {
            cancellation = try CancelRequest(cancelKey, wakeup: thread.wakeup)
        } catch {
            throw close(cancelledBecauseOf: error.message)
        }
        deadline = .now + cancellationGrace
    }

    /// Makes sure, at the end of an operation, that a cancel request can't hit the next one.
    func settleCancellation() {
        guard let request = cancellation else { return }
        while !request.isDone && pointer != nil {
            let wait = try? poll(-1, 0)
            if case .late = wait { _ = close(cancelledBecauseOf: "the cancel request did not reach the server") }
        }
        cancellation = nil
        deadline = nil
    }

    /// Whether the server was asked to stop the operation under way.
    var isCancelling: Bool { cancellation != nil }

    private func close(cancelledBecauseOf reason: String) -> PQError {
        close(PQError(.connectionLost, "the connection was closed: \(reason)"))
        return .cancelled("the task was cancelled; \(reason), so the connection was closed")
    }
}

/// `poll` of the system, also where a method of the same name is nearer.
private func systemPoll(_ descriptors: UnsafeMutablePointer<pollfd>, _ count: nfds_t, _ timeout: Int32) -> Int32 {
    poll(descriptors, count, timeout)
}

extension Duration {
    /// Whole milliseconds, rounded down.
    var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        return overflow ? (seconds < 0 ? .min : .max / 2) : product + attoseconds / 1_000_000_000_000_000
    }
}
