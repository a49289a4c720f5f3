/// A first-in, first-out exchange of elements: whoever takes one waits in line until one is put.
///
/// With one element it is a lock that tasks can wait for, with several a bounded number of permits.
final class PQHandoff<Element: Sendable>: Sendable {
    private struct State {
        var elements: [Element] = []
        var waiters: [(id: UInt64, continuation: CheckedContinuation<Outcome, Never>)] = []
        var nextID: UInt64 = 0
        var closed: PQError?
        /// While elements are only taken back, why there are none for anybody else.
        var draining: PQError?
    }

    private enum Outcome: Sendable {
        case element(Element)
        case timedOut
        case failed(PQError)
    }

    private let state: PQLock<State>
    private let capacity: Int

    /// - Parameters:
    ///   - elements: what is there from the start.
    ///   - capacity: the most elements kept; beyond it the oldest is dropped.
    init(_ elements: [Element] = [], capacity: Int = .max) {
        state = PQLock(State(elements: elements))
        self.capacity = capacity
    }

    /// Whether somebody waits for an element.
    var hasWaiters: Bool { waiterCount > 0 }

    /// How many wait for an element.
    var waiterCount: Int { state.withLock { $0.waiters.count } }

    /// How many elements nobody has taken yet.
    var count: Int { state.withLock { $0.elements.count } }

    /// Gives an element to the one who waits longest, or keeps it. After ``close(_:)`` it is dropped.
    func put(_ element: Element) {
        let waiter = state.withLock { state -> CheckedContinuation<Outcome, Never>? in
            guard state.closed == nil else { return nil }
            guard state.waiters.isEmpty else { return state.waiters.removeFirst().continuation }
            if state.elements.count >= capacity { state.elements.removeFirst() }
            state.elements.append(element)
            return nil
        }
        waiter?.resume(returning: .element(element))
    }

    /// Takes an element if one is there and nobody waits.
    func takeIfAvailable() -> Element? {
        state.withLock { $0.elements.isEmpty || $0.draining != nil ? nil : $0.elements.removeFirst() }
    }

    /// Takes an element, waiting in line for it.
    /// - Parameter timeout: the longest to wait; nil for ever.
    /// - Returns: the element, or nil when the time is over.
    /// - Throws: ``PQError/Code/cancelled`` if the task is, or the error of ``close(_:)``.
    func take(timeout: Duration? = nil) async throws(PQError) -> Element? {
        if let element = takeIfAvailable() { return element }
        return try await waitInLine(timeout: timeout, drains: false)
    }

    private func waitInLine(timeout: Duration?, drains: Bool) async throws(PQError) -> Element? {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        let timer = timeout.map { timeout in
            Task {
                try await Task.sleep(for: timeout)
                self.resume(id, with: .timedOut)
            }
        }
        defer { timer?.cancel() }
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let immediate = state.withLock { state -> Outcome? in
                    if !drains, let error = state.draining { return .failed(error) }
                    if !state.elements.isEmpty { return .element(state.elements.removeFirst()) }
                    if let error = state.closed { return .failed(error) }
                    // The flag is set before the handler runs, and the handler waits for this lock.
                    if Task.isCancelled { return .failed(.cancelled()) }
                    if let timeout, timeout <= .zero { return .timedOut }
                    state.waiters.append((id, continuation))
                    return nil
                }
                if let immediate { continuation.resume(returning: immediate) }
            }
        } onCancel: {
            self.resume(id, with: .failed(.cancelled()))
        }
        switch outcome {
        case .element(let element): return element
        case .timedOut: return nil
        case .failed(let error): throw error
        }
    }

    /// Fails everybody who waits or comes later; elements that are there can still be taken.
    func close(_ error: PQError) {
        let waiters = state.withLock { state in
            if state.closed == nil { state.closed = error }
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.continuation.resume(returning: .failed(error)) }
    }

    /// Fails everybody who waits or comes later, and waits until all elements are back.
    func drain(_ count: Int, thenFailWith error: PQError) async {
        let waiters = state.withLock { state in
            state.draining = error
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.continuation.resume(returning: .failed(error)) }
        // Whoever closes wants to know that nothing is in use any more.
        await shieldedFromCancellation {
            for _ in 0..<count { _ = try? await self.waitInLine(timeout: nil, drains: true) }
        }
        close(error)
    }

    private func resume(_ id: UInt64, with outcome: Outcome) {
        let waiter = state.withLock { state in
            state.waiters.firstIndex { $0.id == id }.map { state.waiters.remove(at: $0) }
        }
        waiter?.continuation.resume(returning: outcome)
    }
}
