public import OutboxTelemetry
import Synchronization

/// Serves HTTP/1.1 over libmicrohttpd.
///
/// One thread of libmicrohttpd's own reads and writes; handlers are Swift tasks, and while one runs its connection is
/// suspended: neither that thread nor one of Swift's pool ever waits.
///
/// ```swift
/// let server = HTTPServer(address: .loopback(port: 0), router: router)
/// let address = try server.start()
/// try await server.run()      // until the task is cancelled; then requests in flight get a grace period
/// ```
public final class HTTPServer: Sendable {
    private enum State {
        case idle
        case running(HTTPServerCore, HTTPAddress)
        case stopping(Task<Void, Never>)
    }

    private let address: HTTPAddress
    private let router: HTTPRouter
    private let limits: HTTPServerLimits
    private let logger: Logger
    private let state = Mutex(State.idle)
    private let stopped = AsyncStream<Never>.makeStream()

    /// Makes a server; ``start()`` or ``run()`` opens it.
    ///
    /// - Parameters:
    ///   - address: ``HTTPAddress/off`` makes a server that does nothing.
    ///   - router: Finds the handlers.
    ///   - limits: What is taken from clients.
    ///   - logger: Hears of the address, of errors that handlers throw and, at debug, of broken connections.
    public init(
        address: HTTPAddress, router: HTTPRouter, limits: HTTPServerLimits = HTTPServerLimits(),
        logger: Logger = Logger(label: "outbox.http")
    ) {
        self.address = address
        self.router = router
        self.limits = limits
        self.logger = logger
    }

    deinit {
        if case .running(let core, _) = state.withLock({ $0 }) {
            Task.detached { await core.stop(gracePeriod: .zero) }
        }
    }

    /// Opens the port and serves from now on. Once open, gives the same address again.
    ///
    /// - Returns: The address with the port that was taken.
    /// - Throws: ``HTTPError`` if the address can't be listened on, or the server was stopped before.
    @discardableResult
    public func start() throws(HTTPError) -> HTTPAddress {
        if address.isOff { return address }
        let result = state.withLock { state -> Result<(HTTPAddress, isNew: Bool), HTTPError> in
            switch state {
            case .running(_, let address): return .success((address, isNew: false))
            case .stopping: return .failure(HTTPError(.serviceUnavailable, "The server was stopped."))
            case .idle:
                do throws(HTTPError) {
                    let listener = try HTTPListener(address)
                    let core = try HTTPServerCore.start(
                        listener: listener, router: router, limits: limits, logger: logger)
                    state = .running(core, listener.address)
                    return .success((listener.address, isNew: true))
                } catch {
                    return .failure(error)
                }
            }
        }
        let (bound, isNew) = try result.get()
        if isNew { logger.info("Serving HTTP", metadata: ["address": .string(bound.description)]) }
        return bound
    }

    /// Serves until the task is cancelled or ``stop()`` is called, and returns when all is closed; at once if the
    /// server was stopped before.
    ///
    /// - Throws: ``HTTPError`` if the address can't be listened on.
    public func run() async throws(HTTPError) {
        let isStopping = state.withLock { if case .stopping = $0 { true } else { false } }
        if !isStopping { try start() }
        for await _ in stopped.stream {}
        await stop()
    }

    /// Takes no more requests, lets those in flight end within ``HTTPServerLimits/gracePeriod``, and closes everything.
    ///
    /// Connections that stay open get 503 for further requests meanwhile. Returns when all is closed, also if the task
    /// is cancelled. A stopped server can't be started again.
    public func stop() async {
        let task = state.withLock { state -> Task<Void, Never> in
            switch state {
            case .stopping(let task): return task
            case .idle:
                let task = Task<Void, Never> {}
                state = .stopping(task)
                return task
            case .running(let core, _):
                // A task of its own: the caller's may be cancelled already.
                let gracePeriod = limits.gracePeriod
                let task = Task { await core.stop(gracePeriod: gracePeriod) }
                state = .stopping(task)
                return task
            }
        }
        await task.value
        stopped.continuation.finish()
    }
}
