import Testing

@testable import LibPQ

@Suite("Handing elements from task to task")
struct HandoffTests {
    @Test("who waits longest is served first")
    func order() async throws {
        let handoff = PQHandoff<Int>()
        var tasks: [Task<Int?, any Error>] = []
        for index in 0..<20 {
            tasks.append(Task { try await handoff.take() })
            try await until { handoff.waiterCount == index + 1 }
        }
        for index in 0..<20 { handoff.put(index) }
        for (index, task) in tasks.enumerated() { #expect(try await task.value == index) }
    }

    @Test("a cancelled waiter gives its place up, and the element goes to the next")
    func cancellation() async throws {
        let handoff = PQHandoff<Int>()
        let first = Task { try await handoff.take() }
        try await until { handoff.waiterCount == 1 }
        let second = Task { try await handoff.take() }
        try await until { handoff.waiterCount == 2 }
        first.cancel()
        let error = await #expect(throws: PQError.self) { try await first.value }
        #expect(error?.code == .cancelled)
        handoff.put(7)
        #expect(try await second.value == 7)
        #expect(handoff.waiterCount == 0)
    }

    @Test("a task that was cancelled before does not wait")
    func cancelledBefore() async throws {
        let handoff = PQHandoff<Int>()
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await handoff.take()
        }
        await #expect(throws: PQError.self) { try await task.value }
    }

    @Test("waiting ends with nil when the time is over")
    func timeout() async throws {
        let handoff = PQHandoff<Int>()
        #expect(try await handoff.take(timeout: .milliseconds(5)) == nil)
        #expect(try await handoff.take(timeout: .zero) == nil)
        handoff.put(1)
        #expect(try await handoff.take(timeout: .zero) == 1)
        #expect(handoff.waiterCount == 0)
    }

    @Test("closing fails those who wait and those who come, but not what is there")
    func closing() async throws {
        let handoff = PQHandoff<Int>()
        let waiter = Task { try await handoff.take() }
        try await until { handoff.waiterCount == 1 }
        handoff.close(PQError(.poolClosed, "closed"))
        await #expect(throws: PQError.self) { try await waiter.value }
        await #expect(throws: PQError.self) { try await handoff.take() }
        handoff.put(1)
        await #expect(throws: PQError.self) { try await handoff.take() }
        let full = PQHandoff([5])
        full.close(PQError(.poolClosed, "closed"))
        #expect(try await full.take() == 5)
    }

    @Test("a drain waits for what is out, and fails those who wait and those who come at once")
    func drain() async throws {
        let handoff = PQHandoff<Void>([(), ()])
        _ = try await handoff.take()
        _ = try await handoff.take()
        let early = Task { try await handoff.take() }
        try await until { handoff.waiterCount == 1 }
        let drain = Task { await handoff.drain(2, thenFailWith: PQError(.poolClosed, "closed")) }
        await #expect(throws: PQError.self) { try await early.value }
        // Nothing has come back, and nobody but the drain waits for it.
        await #expect(throws: PQError.self) { try await handoff.take() }
        handoff.put(())
        await #expect(throws: PQError.self) { try await handoff.take() }
        handoff.put(())
        await drain.value
        await #expect(throws: PQError.self) { try await handoff.take() }
    }

    @Test("beyond its capacity the oldest go")
    func capacity() {
        let handoff = PQHandoff<Int>(capacity: 2)
        for value in 1...3 { handoff.put(value) }
        #expect(handoff.takeIfAvailable() == 2)
        #expect(handoff.takeIfAvailable() == 3)
        #expect(handoff.takeIfAvailable() == nil)
    }

    @Test("under contention every permit comes back")
    func contention() async throws {
        let handoff = PQHandoff<Void>([(), ()])
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<200 {
                group.addTask {
                    let timeout: Duration? = index.isMultiple(of: 3) ? .microseconds(50) : nil
                    guard try await handoff.take(timeout: timeout) != nil else { return }
                    await Task.yield()
                    handoff.put(())
                }
            }
            try await group.waitForAll()
        }
        #expect(handoff.count == 2)
    }
}

/// Waits for a condition, for a minute at most.
func until(_ condition: () throws -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(60)
    while try !condition() {
        try #require(ContinuousClock.now < deadline, "the condition did not come true")
        try await Task.sleep(for: .milliseconds(1))
    }
}
