import Dispatch
import Foundation
import Synchronization

/// Ctrl-C and SIGTERM: the demo then stops its servers before it ends.
final class Interrupt: Sendable {
    private let (stream, continuation) = AsyncStream<Void>.makeStream()
    private let sources: Sources

    /// Signal sources are only kept here to live.
    private struct Sources: @unchecked Sendable {
        let sources: [any DispatchSourceSignal]
    }

    init() {
        let continuation = continuation
        sources = Sources(
            sources: [SIGINT, SIGTERM].map { number in
                signal(number, SIG_IGN)
                let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
                source.setEventHandler { continuation.yield() }
                source.resume()
                return source
            })
    }

    /// Cancels the task when the signal comes; returns when the task has ended.
    func whileWaiting(for task: Task<Void, any Error>) async {
        let watch = Task {
            for await _ in stream { task.cancel() }
        }
        _ = await task.result
        watch.cancel()
    }
}
