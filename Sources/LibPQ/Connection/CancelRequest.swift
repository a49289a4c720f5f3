import CLibPQ
import Synchronization

/// One request to the server to stop what a connection is doing, sent over a connection of its own.
///
/// `PQcancel` blocks until the server has taken the request, so it runs on a thread of its own.
final class CancelRequest: Sendable {
    private let isFinished = Atomic<Bool>(false)

    /// Sends the request.
    /// - Parameters:
    ///   - key: the connection to stop.
    ///   - wakeup: signalled when the server has taken the request, or could not be reached.
    init(_ key: CancelKey, wakeup: PQWakeup) throws(PQError) {
        try PQThread.detach(name: "libpq-cancel") {
            key.send()
            self.isFinished.store(true, ordering: .releasing)
            wakeup.signal()
        }
    }

    /// Whether the server will not act on it any more: only then may the connection go on to its next statement.
    var isDone: Bool { isFinished.load(ordering: .acquiring) }
}

/// What identifies a connection to the server that is to cancel its statement.
final class CancelKey: Sendable {
    // Never changed after it is made; libpq lets other threads use it.
    nonisolated(unsafe) private let pointer: OpaquePointer

    init?(_ connection: OpaquePointer) {
        guard let pointer = PQgetCancel(connection) else { return nil }
        self.pointer = pointer
    }

    deinit { PQfreeCancel(pointer) }

    /// Blocks. A request that fails has no effect, which the waiting connection's deadline deals with.
    func send() {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
            _ = PQcancel(pointer, buffer.baseAddress, 256)
        }
    }
}
