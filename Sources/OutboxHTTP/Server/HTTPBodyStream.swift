import Synchronization

/// Carries a streamed body from the handler's task to libmicrohttpd's thread, with a bounded buffer between.
final class HTTPBodyStream: Sendable {
    /// What libmicrohttpd's thread gets.
    enum Read {
        case bytes(Int)
        /// Nothing there yet; the connection is suspended.
        case suspended
        case end
        case failure
    }

    private enum Source {
        case open
        case ended
        case failed
    }

    private struct State {
        var connection: MHDConnection?
        var source = Source.open
        var buffer: [UInt8] = []
        var position = 0
        var isSuspended = false
        var writer: CheckedContinuation<Void, Never>?
        var task: Task<Void, Never>?

        var buffered: Int { buffer.count - position }

        mutating func resume() {
            guard isSuspended else { return }
            isSuspended = false
            connection?.resume()
        }
    }

    /// A writer waits while more than this lies in the buffer.
    private static let highWater = 65_536

    let isEndless: Bool
    private let state: Mutex<State>

    init(connection: MHDConnection, isEndless: Bool) {
        self.isEndless = isEndless
        state = Mutex(State(connection: connection))
    }

    /// Starts the task that makes the body.
    func start(_ produce: @escaping @Sendable (HTTPBodyWriter) async throws -> Void) {
        state.withLock { state in
            guard state.connection != nil else { return }
            state.task = Task { [self] in
                do {
                    try await produce(HTTPBodyWriter { try await self.write($0) })
                    end()
                } catch {
                    fail()
                }
            }
        }
    }

    private func write(_ bytes: [UInt8]) async throws {
        try Task.checkCancellation()
        guard !bytes.isEmpty else { return }
        try state.withLock { state in
            guard state.connection != nil, state.source == .open else { throw CancellationError() }
            state.buffer.append(contentsOf: bytes)
            state.resume()
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let mustWait = state.withLock { state in
                    guard state.connection != nil, state.source == .open, state.buffered > Self.highWater,
                        state.writer == nil, !Task.isCancelled
                    else { return false }
                    state.writer = continuation
                    return true
                }
                if !mustWait { continuation.resume() }
            }
        } onCancel: {
            wakeWriter()
        }
        try Task.checkCancellation()
    }

    private func wakeWriter() {
        let writer = state.withLock { state in
            defer { state.writer = nil }
            return state.writer
        }
        writer?.resume()
    }

    /// Copies what is there. On libmicrohttpd's thread.
    func read(into target: UnsafeMutableRawBufferPointer) -> Read {
        let (result, writer) = state.withLock { state -> (Read, CheckedContinuation<Void, Never>?) in
            let count = min(target.count, state.buffered)
            guard count > 0 else {
                switch state.source {
                case .ended: return (.end, nil)
                case .failed: return (.failure, nil)
                case .open:
                    guard let connection = state.connection else { return (.failure, nil) }
                    state.isSuspended = true
                    connection.suspend()
                    return (.suspended, nil)
                }
            }
            state.buffer.withUnsafeBytes { buffer in
                target.copyMemory(
                    from: UnsafeRawBufferPointer(rebasing: buffer[state.position..<(state.position + count)]))
            }
            state.position += count
            if state.position == state.buffer.count {
                state.buffer.removeAll(keepingCapacity: state.buffer.capacity <= Self.highWater * 2)
                state.position = 0
            }
            guard state.buffered <= Self.highWater / 2 else { return (.bytes(count), nil) }
            defer { state.writer = nil }
            return (.bytes(count), state.writer)
        }
        writer?.resume()
        return result
    }

    /// Ends the body after what is in the buffer.
    func end() { finish(.ended) }

    /// Breaks the connection, so that the client knows that the body is not whole.
    func fail() { finish(.failed) }

    private func finish(_ source: Source) {
        let (task, writer) = state.withLock { state -> (Task<Void, Never>?, CheckedContinuation<Void, Never>?) in
            defer {
                state.writer = nil
                state.task = nil
            }
            // The first word stands: a producer that is cancelled because the body has ended will throw.
            if state.source == .open { state.source = source }
            state.resume()
            return (state.task, state.writer)
        }
        task?.cancel()
        writer?.resume()
    }

    /// The request is over. The connection must not be touched from now on.
    func close() {
        state.withLock { state in
            state.connection = nil
            state.isSuspended = false
            state.buffer = []
            state.position = 0
        }
        fail()
    }
}
