import Synchronization

/// Tasks that wait for space in the producer's queue.
final class SpaceWaiters: Sendable {
    typealias Waiter = CheckedContinuation<Result<Void, any Error>, Never>

    private struct State {
        var waiters: [Int: Waiter] = [:]
        var nextID = 0
        var end: KafkaError?
    }

    private let state = Mutex(State())
    /// Spares the polling thread the lock while nobody waits.
    private let count = Atomic<Int>(0)

    /// Waits for a report to be delivered.
    ///
    /// - Parameter isPointless: Asked once the wait is registered: whether no report is to come.
    func wait(unless isPointless: () -> Bool) async throws {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { (waiter: Waiter) in
                let end: Result<Void, any Error>? = state.withLock { state in
                    if Task.isCancelled { return .failure(CancellationError()) }
                    if let end = state.end { return .failure(end) }
                    state.waiters[id] = waiter
                    count.store(state.waiters.count, ordering: .sequentiallyConsistent)
                    return nil
                }
                if let end {
                    waiter.resume(returning: end)
                } else if isPointless() {
                    take(id)?.resume(returning: .success(()))
                }
            }
        } onCancel: {
            take(id)?.resume(returning: .failure(CancellationError()))
        }
        try result.get()
    }

    private func take(_ id: Int) -> Waiter? {
        state.withLock { state in
            defer { count.store(state.waiters.count, ordering: .sequentiallyConsistent) }
            return state.waiters.removeValue(forKey: id)
        }
    }

    /// Reports have been delivered.
    func resumeAll() {
        guard count.load(ordering: .sequentiallyConsistent) > 0 else { return }
        for waiter in takeAll(end: nil) { waiter.resume(returning: .success(())) }
    }

    /// There will be no space any more.
    func fail(_ error: KafkaError) {
        for waiter in takeAll(end: error) { waiter.resume(returning: .failure(error)) }
    }

    private func takeAll(end: KafkaError?) -> [Waiter] {
        state.withLock { state in
            state.end = state.end ?? end
            defer {
                state.waiters = [:]
                count.store(0, ordering: .sequentiallyConsistent)
            }
            return Array(state.waiters.values)
        }
    }
}
