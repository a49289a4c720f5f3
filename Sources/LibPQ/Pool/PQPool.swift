/// A bounded number of connections, made when they are needed and lent to one task at a time.
///
/// Who finds them all in use waits in line. Broken connections are replaced; while the server can't be reached,
/// attempts to connect back off, and the one who waits gets the reason when its time is over.
public final class PQPool: Sendable {
    /// How the pool connects.
    public let configuration: PQConfiguration
    /// The most connections there are at a time.
    public let maximumConnections: Int
    /// The longest to wait for a connection.
    public let acquireTimeout: Duration

    private struct Idle: Sendable {
        let connection: PQConnection
        let since: ContinuousClock.Instant
    }

    private struct State {
        var idle: [Idle] = []
        var backoff = PQReconnectBackoff()
        var isClosed = false
    }

    private let state = PQLock(State())
    private let permits: PQHandoff<Void>
    /// Connections idle for longer are asked whether the server still answers.
    private let checkAfter: Duration = .seconds(15)

    /// Creates a pool; connects nowhere yet.
    /// - Parameters:
    ///   - configuration: where and how to connect.
    ///   - maximumConnections: the most connections, at least 1.
    ///   - acquireTimeout: the longest to wait for a connection.
    public init(
        _ configuration: PQConfiguration, maximumConnections: Int = 8, acquireTimeout: Duration = .seconds(30)
    ) {
        self.configuration = configuration
        self.maximumConnections = max(1, maximumConnections)
        self.acquireTimeout = acquireTimeout
        permits = PQHandoff(Array(repeating: (), count: max(1, maximumConnections)))
    }

    /// Lends a connection to a closure.
    /// - Parameter body: gets the connection, which must not be used after it has ended; runs where the caller does.
    /// - Returns: what `body` returns.
    /// - Throws: what `body` throws; ``PQError/Code/poolExhausted`` if none got free in time;
    ///   ``PQError/Code/connectionFailed`` if the server could not be reached in time, or at once if trying again is of
    ///   no use (wrong password, no such database); ``PQError/Code/poolClosed``; ``PQError/Code/cancelled``.
    @discardableResult
    public func withConnection<Value>(_ body: (PQConnection) async throws -> Value) async throws -> Value {
        let connection = try await acquire()
        do {
            let value = try await body(connection)
            await release(connection)
            return value
        } catch {
            await release(connection)
            throw error
        }
    }

    /// Runs a closure in a transaction on a lent connection; see
    /// ``PQConnection/withTransaction(isolation:readOnly:retries:_:)``.
    /// - Parameters:
    ///   - isolation: how much of concurrent transactions it sees.
    ///   - readOnly: whether the server is to reject writes.
    ///   - retries: how often the closure may be run again after a serialization failure.
    ///   - body: gets the transaction; runs where the caller does.
    /// - Returns: what `body` returns.
    /// - Throws: what `body` throws, or ``PQError``.
    @discardableResult
    public func withTransaction<Value>(
        isolation: PQIsolation = .readCommitted, readOnly: Bool = false, retries: Int = 3,
        _ body: (PQTransaction) async throws -> Value
    ) async throws -> Value {
        try await withConnection { connection in
            try await connection.withTransaction(
                isolation: isolation, readOnly: readOnly, retries: retries, body)
        }
    }

    /// Closes all connections: idle ones now, lent ones when they come back, which this waits for. Whoever waits for one
    /// or asks later gets ``PQError/Code/poolClosed``.
    public func close() async {
        let (idle, isFirst) = state.withLock { state in
            defer { (state.idle, state.isClosed) = ([], true) }
            return (state.idle, !state.isClosed)
        }
        guard isFirst else { return }
        for idle in idle { await idle.connection.close() }
        await permits.drain(maximumConnections, thenFailWith: PQError(.poolClosed, "the pool has been closed"))
    }

    // MARK: Lending

    private func acquire() async throws(PQError) -> PQConnection {
        let deadline = ContinuousClock.now + acquireTimeout
        guard try await permits.take(timeout: acquireTimeout) != nil else {
            throw PQError(
                .poolExhausted, "all \(maximumConnections) connections stayed in use for \(acquireTimeout)")
        }
        do {
            while let idle = try popIdle() {
                let mustAsk = .now - idle.since > checkAfter
                if !mustAsk, idle.connection.isSilent { return idle.connection }
                if await idle.connection.isHealthy(askServer: mustAsk) { return idle.connection }
                await idle.connection.close()
            }
            return try await connect(until: deadline)
        } catch {
            permits.put(())
            throw error
        }
    }

    private func release(_ connection: PQConnection) async {
        var isReusable = connection.isAtRest
        if !isReusable { isReusable = await connection.reset() }
        let isKept = state.withLock { state in
            guard isReusable, !state.isClosed else { return false }
            state.idle.append(Idle(connection: connection, since: .now))
            return true
        }
        if !isKept { await connection.close() }
        permits.put(())
    }

    private func popIdle() throws(PQError) -> Idle? {
        let (idle, isClosed) = state.withLock { ($0.idle.popLast(), $0.isClosed) }
        guard !isClosed else { throw PQError(.poolClosed, "the pool has been closed") }
        return idle
    }

    private func connect(until deadline: ContinuousClock.Instant) async throws(PQError) -> PQConnection {
        var failure: PQError?
        while true {
            let delay = state.withLock { $0.backoff.delay(at: .now) }
            guard .now + delay < deadline else {
                let reason = failure.map { ": " + $0.message } ?? ""
                throw PQError(
                    .connectionFailed, "no connection within \(acquireTimeout)\(reason)", sqlState: failure?.sqlState)
            }
            do { try await Task.sleep(for: delay) } catch { throw .cancelled() }
            var attempt = configuration
            attempt.connectTimeout = min(attempt.connectTimeout, deadline - .now)
            do {
                let connection = try await PQConnection.connect(attempt)
                state.withLock { $0.backoff.succeeded() }
                return connection
            } catch {
                guard error.isTransient else { throw error }
                let chance = Double.random(in: 0...1)
                state.withLock { $0.backoff.failed(at: .now, chance: chance) }
                failure = error
            }
        }
    }
}
