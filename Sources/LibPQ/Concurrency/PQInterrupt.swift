/// Tells a connection's thread, in the midst of an operation, that the operation's task has been cancelled.
final class PQInterrupt: Sendable {
    private struct State {
        var operation: UInt64 = 0
        var isRequested = false
    }

    private let state = PQLock(State())
    private let wakeup: PQWakeup

    init(wakeup: PQWakeup) { self.wakeup = wakeup }

    /// Whether the operation under way is to end early.
    var isRequested: Bool { state.withLock { $0.isRequested } }

    /// Starts an operation; requests for earlier ones have no effect any more.
    func begin() -> UInt64 {
        state.withLock { state in
            state.operation += 1
            state.isRequested = false
            return state.operation
        }
    }

    /// Asks an operation to end early, if it is still the current one.
    func request(_ operation: UInt64) {
        let isCurrent = state.withLock { state in
            guard state.operation == operation else { return false }
            state.isRequested = true
            return true
        }
        if isCurrent { wakeup.signal() }
    }

    /// Asks whatever operation runs to end early.
    func requestAny() {
        state.withLock { $0.isRequested = true }
        wakeup.signal()
    }
}
