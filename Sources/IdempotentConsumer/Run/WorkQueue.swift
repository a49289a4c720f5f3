import Synchronization

/// A queue that several workers take from.
final class WorkQueue<Element: Sendable>: Sendable {
    private struct State {
        var elements: [Element] = []
        var first = 0
        var waiters: [CheckedContinuation<Element?, Never>] = []
        var isFinished = false
    }

    private let state = Mutex(State())

    /// Puts an element at the end.
    func push(_ element: Element) {
        let waiter: CheckedContinuation<Element?, Never>? = state.withLock { state in
            if let waiter = state.waiters.popLast() { return waiter }
            if !state.isFinished { state.elements.append(element) }
            return nil
        }
        waiter?.resume(returning: element)
    }

    /// Takes the first element; waits for one.
    /// - Returns: nil when the queue is finished.
    func next() async -> Element? {
        await withCheckedContinuation { continuation in
            let (element, isWaiting): (Element?, Bool) = state.withLock { state in
                if state.isFinished { return (nil, false) }
                guard state.first < state.elements.count else {
                    state.waiters.append(continuation)
                    return (nil, true)
                }
                let element = state.elements[state.first]
                state.first += 1
                if state.first == state.elements.count || state.first > 256 {
                    state.elements.removeSubrange(..<state.first)
                    state.first = 0
                }
                return (element, false)
            }
            if !isWaiting { continuation.resume(returning: element) }
        }
    }

    /// Lets all workers go; what is in the queue is dropped.
    func finish() {
        let waiters = state.withLock { state in
            state.isFinished = true
            state.elements = []
            state.first = 0
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume(returning: nil) }
    }
}
