import Dispatch
import Glibc
import Synchronization

/// SIGTERM and SIGINT, asked for politely: the first one is told, the second one ends the process at once with 128 + n.
public final class TerminationSignals: Sendable {
    private let sources: Mutex<[DispatchBox]>
    private let received = Mutex(0)

    /// A source may be used from any thread; it is only kept here to live and to be cancelled.
    private struct DispatchBox: @unchecked Sendable {
        let source: any DispatchSourceSignal
    }

    /// The signals received, by number.
    public let signals: AsyncStream<Int32>
    private let continuation: AsyncStream<Int32>.Continuation

    /// Takes the signals over from now on.
    public init() {
        (signals, continuation) = AsyncStream.makeStream()
        sources = Mutex([])
        for number in [SIGTERM, SIGINT] {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { [weak self] in self?.receive(number) }
            source.resume()
            let box = DispatchBox(source: source)
            sources.withLock { $0.append(box) }
        }
    }

    private func receive(_ number: Int32) {
        let count = received.withLock { count in
            count += 1
            return count
        }
        if count > 1 { exit(128 + number) }
        continuation.yield(number)
    }

    /// Runs `body`; when a signal comes, calls `stop` and goes on waiting for `body` to end by itself.
    public static func whileRunning<Result: Sendable>(
        stop: @escaping @Sendable (Int32) -> Void, _ body: () async throws -> Result
    ) async rethrows -> Result {
        let termination = TerminationSignals()
        let listener = Task {
            for await signal in termination.signals { stop(signal) }
        }
        defer { listener.cancel() }
        return try await body()
    }
}
