import Synchronization

/// Wakes whoever waits for something to have happened. A raise with nobody waiting is kept for the next one.
final class Signal: Sendable {
    private struct State {
        var isRaised = false
        var nextID = 0
        var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
    }

    private let state = Mutex(State())

    /// Wakes all who wait.
    func raise() {
        let waiters = state.withLock { state in
            defer { state.waiters = [:] }
            state.isRaised = state.waiters.isEmpty
            return state.waiters.values.map { $0 }
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Waits for a raise, at most for some time, or until the task is cancelled.
    func wait(atMost limit: Duration) async {
        let isRaised = state.withLock { state in
            defer { state.isRaised = false }
            return state.isRaised
        }
        guard !isRaised, !Task.isCancelled else { return }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.waitForRaise() }
            group.addTask { try? await Task.sleep(for: limit) }
            await group.next()
            group.cancelAll()
        }
    }

    private func waitForRaise() async {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let resumesNow = state.withLock { state in
                    if state.isRaised || Task.isCancelled {
                        state.isRaised = false
                        return true
                    }
                    state.waiters[id] = continuation
                    return false
                }
                if resumesNow { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: id) }?.resume()
        }
    }
}
