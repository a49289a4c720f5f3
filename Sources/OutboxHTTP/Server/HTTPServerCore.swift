import CMicroHTTPD
import Dispatch
import OutboxTelemetry
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A running libmicrohttpd daemon with all that belongs to it.
///
/// It keeps itself alive until ``stop(gracePeriod:)``: libmicrohttpd's callbacks hold a pointer to it.
final class HTTPServerCore: Sendable {
    private struct State {
        var daemon: Daemon?
        var isDraining = false
        var exchanges: [ObjectIdentifier: HTTPExchange] = [:]
        var sweeper: Task<Void, Never>?
    }

    /// The daemon and what it was started with.
    ///
    /// `@unchecked Sendable` holds because only the one who took it out of the state uses it.
    private struct Daemon: @unchecked Sendable {
        let pointer: OpaquePointer
        let options: UnsafeMutablePointer<outbox_http_options>
    }

    let limits: HTTPServerLimits
    let logger: Logger
    let connections = HTTPConnectionTable()
    let router: HTTPRouter
    private let state = Mutex(State())

    private init(router: HTTPRouter, limits: HTTPServerLimits, logger: Logger) {
        self.router = router
        self.limits = limits
        self.logger = logger
    }

    /// Starts a daemon on a socket, which it takes over.
    static func start(
        listener: HTTPListener, router: HTTPRouter, limits: HTTPServerLimits, logger: Logger
    ) throws(HTTPError) -> HTTPServerCore {
        let core = HTTPServerCore(router: router, limits: limits, logger: logger)
        let context = Unmanaged.passRetained(core)
        let options = UnsafeMutablePointer<outbox_http_options>.allocate(capacity: 1)
        options.initialize(
            to: outbox_http_options(
                listen_socket: listener.fileDescriptor, is_ipv6: listener.isIPv6 ? 1 : 0,
                connection_memory_bytes: max(4_096, limits.maximumHeaderBytes),
                connection_limit: UInt32(clamping: max(1, limits.maximumConnections)),
                connection_timeout_seconds: UInt32(clamping: max(1, limits.idleTimeout.components.seconds)),
                context: context.toOpaque(), handler: MHDCallbacks.handler, uri: MHDCallbacks.uri,
                unescape: MHDCallbacks.unescape, completed: MHDCallbacks.completed,
                connection_changed: MHDCallbacks.connectionChanged, log: MHDCallbacks.log))
        guard let pointer = outbox_http_start(options) else {
            options.deallocate()
            context.release()
            close(listener.fileDescriptor)
            throw HTTPError(
                .internalServerError,
                "libmicrohttpd could not start on \(listener.address); the log at debug says why.")
        }
        core.state.withLock { state in
            state.daemon = Daemon(pointer: pointer, options: options)
            state.sweeper = Task { [weak core] in await sweep { core } }
        }
        return core
    }

    /// Looks for what takes too long, often enough for the shortest limit.
    private static func sweep(_ core: () -> HTTPServerCore?) async {
        guard let limits = core()?.limits else { return }
        let shortest = min(limits.handlerTimeout, limits.requestTimeout, limits.responseTimeout)
        let interval = min(max(shortest / 4, .milliseconds(20)), .seconds(1))
        while (try? await Task.sleep(for: interval, tolerance: interval / 4)) != nil, let core = core() {
            let now = ContinuousClock.now
            for exchange in core.exchanges {
                exchange.expire(now: now)
                exchange.endStreamOfLeftClient(core.connections)
            }
            core.connections.shutDownExpired(now: now)
        }
    }

    var isDraining: Bool { state.withLock { $0.isDraining } }

    private var exchanges: [HTTPExchange] { state.withLock { Array($0.exchanges.values) } }

    func add(_ exchange: HTTPExchange) {
        state.withLock { $0.exchanges[ObjectIdentifier(exchange)] = exchange }
    }

    func remove(_ exchange: HTTPExchange) {
        _ = state.withLock { $0.exchanges.removeValue(forKey: ObjectIdentifier(exchange)) }
    }

    /// Runs the handler.
    func respond(to request: HTTPRequest) async -> HTTPResponse {
        await TraceContext.$current.withValue(request.trace) {
            await router.respond(to: request) { [logger] error in
                logger.error(
                    "A handler failed",
                    metadata: [
                        "method": .string(request.method), "path": .string(request.target), "error": "\(error)",
                    ])
            }
        }
    }

    /// Stops: no new connections, then a grace period for what is in flight, then an end to everything.
    func stop(gracePeriod: Duration) async {
        let (daemon, sweeper) = state.withLock { state in
            defer { state.daemon = nil }
            state.isDraining = true
            return (state.daemon, state.sweeper)
        }
        guard let daemon else { return }
        let listenSocket = MHD_quiesce_daemon(daemon.pointer)
        // It may be closed only when libmicrohttpd's thread has ended. Till then the system would go on accepting
        // connections that nobody serves.
        if listenSocket >= 0 { shutdown(listenSocket, Int32(SHUT_RDWR)) }
        for exchange in exchanges { exchange.endEndlessStream() }
        await waitForExchanges(atMost: gracePeriod)
        for exchange in exchanges { exchange.abandon() }
        // Their last words may still go out.
        await waitForExchanges(atMost: .seconds(2))
        sweeper?.cancel()
        await withCheckedContinuation { continuation in
            // Joins libmicrohttpd's thread: not for one of Swift's pool.
            DispatchQueue.global().async {
                MHD_stop_daemon(daemon.pointer)
                continuation.resume()
            }
        }
        if listenSocket >= 0 { close(listenSocket) }
        Unmanaged<HTTPServerCore>.fromOpaque(daemon.options.pointee.context).release()
        daemon.options.deallocate()
    }

    private func waitForExchanges(atMost limit: Duration) async {
        let deadline = ContinuousClock.now + limit
        while !state.withLock({ $0.exchanges.isEmpty }), ContinuousClock.now < deadline {
            guard (try? await Task.sleep(for: .milliseconds(5))) != nil else { return }
        }
    }
}
