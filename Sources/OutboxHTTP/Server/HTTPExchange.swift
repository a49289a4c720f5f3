import OutboxTelemetry
import Synchronization

/// One request and its response, from the request's first line until libmicrohttpd says that it is over.
///
/// libmicrohttpd's thread, the handler's task and the clean-up all push it on; every step is taken under its lock.
final class HTTPExchange: Sendable {
    /// What libmicrohttpd's thread has to do.
    enum Action {
        case readHead
        case goOn
        case run
        case respond(HTTPResponse)
        case refuse(HTTPError, HTTPRequest)
        case breakOff
    }

    private enum Phase {
        case new
        case receiving
        /// Suspended while the handler runs.
        case running(Task<Void, Never>, deadline: ContinuousClock.Instant)
        case ready(HTTPResponse)
        case refused(HTTPError)
        case responded(HTTPBodyStream?)
        case over
    }

    private struct State {
        var phase = Phase.new
        var connection: MHDConnection?
        /// The body is in it while it is received, and until the handler has it.
        var request: HTTPRequest?
        var surplus = 0
        var isAbandoned = false
    }

    let target: String
    private let limits: HTTPServerLimits
    private let state: Mutex<State>

    init(target: String, connection: MHDConnection, limits: HTTPServerLimits) {
        self.target = target
        self.limits = limits
        state = Mutex(State(connection: connection))
    }

    /// The next step when libmicrohttpd calls: with a piece of the body, or with nothing at the beginning, at the
    /// body's end and after a suspension.
    func next(_ upload: UnsafeRawBufferPointer) -> Action {
        state.withLock { state in
            switch state.phase {
            case .new: return .readHead
            case .receiving where !upload.isEmpty: return Self.take(upload, &state, limits)
            case .receiving where state.surplus > 0: return Self.refuse(.bodyTooLarge, state)
            case .receiving: return .run
            case .ready(let response): return .respond(response)
            case .refused(let error): return Self.refuse(error, state)
            // Woken without cause: libmicrohttpd doesn't do so, but it would be harmless.
            case .running, .responded: return .goOn
            case .over: return .breakOff
            }
        }
    }

    private static func refuse(_ error: HTTPError, _ state: State) -> Action {
        state.request.map { .refuse(error, $0) } ?? .breakOff
    }

    private static func take(_ upload: UnsafeRawBufferPointer, _ state: inout State, _ limits: HTTPServerLimits)
        -> Action
    {
        guard state.surplus == 0, let received = state.request?.body.count,
            received + upload.count <= limits.maximumBodyBytes
        else {
            // libmicrohttpd can't respond before the body's end. A small surplus is swallowed, so that the client gets
            // its 413; a large one costs the connection.
            state.surplus += upload.count
            state.request?.body = []
            return state.surplus > limits.maximumSurplusBytes ? .breakOff : .goOn
        }
        state.request?.body.append(contentsOf: upload)
        return .goOn
    }

    /// Takes the request without its body.
    func receive(_ request: HTTPRequest) {
        state.withLock { state in
            state.phase = .receiving
            state.request = request
        }
    }

    /// Whether the response goes without its body.
    var isHead: Bool { state.withLock { $0.request?.method == "HEAD" } }

    /// Suspends the connection and starts the handler, unless the server stops.
    func run(timeout: Duration, _ respond: @escaping @Sendable (HTTPRequest) async -> HTTPResponse) {
        state.withLock { state in
            guard case .receiving = state.phase, let connection = state.connection, let request = state.request else {
                return
            }
            state.request?.body = []
            connection.suspend()
            if state.isAbandoned {
                state.phase = .refused(.stopping)
                connection.resume()
                return
            }
            let task = Task { [self] in finish(await respond(request)) }
            state.phase = .running(task, deadline: .now + timeout)
        }
    }

    /// The handler's result. Too late, it is dropped.
    private func finish(_ response: HTTPResponse) {
        state.withLock { state in
            guard case .running = state.phase else { return }
            state.phase = .ready(response)
            state.connection?.resume()
        }
    }

    /// Cancels the handler if its time is up.
    func expire(now: ContinuousClock.Instant) {
        state.withLock { state in
            guard case .running(let task, let deadline) = state.phase, deadline <= now else { return }
            task.cancel()
            state.phase = .refused(HTTPError(.serviceUnavailable, "The request took too long."))
            state.connection?.resume()
        }
    }

    /// Notes that the response is on its way; a stream belongs to the exchange from now on.
    func responded(_ stream: HTTPBodyStream?) {
        let isAbandoned = state.withLock { state in
            state.phase = .responded(stream)
            return state.isAbandoned
        }
        if isAbandoned { stream?.fail() }
    }

    /// Ends a stream that would not end by itself.
    func endEndlessStream() {
        let stream = state.withLock { state -> HTTPBodyStream? in
            if case .responded(let stream) = state.phase { return stream }
            return nil
        }
        if let stream, stream.isEndless { stream.end() }
    }

    /// Breaks a stream off whose client has left.
    ///
    /// While a stream waits for its next bytes libmicrohttpd doesn't look at the socket, and would notice only when it
    /// writes again.
    func endStreamOfLeftClient(_ connections: HTTPConnectionTable) {
        let (stream, connection) = state.withLock { state -> (HTTPBodyStream?, MHDConnection?) in
            if case .responded(let stream) = state.phase { return (stream, state.connection) }
            return (nil, nil)
        }
        if let stream, let connection, connections.clientHasLeft(connection) { stream.fail() }
    }

    /// The server stops now: nothing may stay suspended.
    func abandon() {
        let stream = state.withLock { state -> HTTPBodyStream? in
            state.isAbandoned = true
            switch state.phase {
            case .running(let task, _):
                task.cancel()
                state.phase = .refused(.stopping)
                state.connection?.resume()
                return nil
            case .responded(let stream): return stream
            default: return nil
            }
        }
        stream?.fail()
    }

    /// libmicrohttpd is done with the request, for better or worse. The connection must not be touched from now on.
    func close() {
        let (task, stream) = state.withLock { state -> (Task<Void, Never>?, HTTPBodyStream?) in
            defer {
                state.phase = .over
                state.connection = nil
                state.request = nil
            }
            switch state.phase {
            case .running(let task, _): return (task, nil)
            case .responded(let stream): return (nil, stream)
            default: return (nil, nil)
            }
        }
        task?.cancel()
        stream?.close()
    }
}
