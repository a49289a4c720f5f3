import QueryCache
import Synchronization
import Testing

@Suite("Limiting the time that a cache takes")
struct BoundedQueryCacheTests {
    private struct Unreachable: Error {}

    /// Counts the calls and does with each what it is told to.
    private final class Stub: QueryCache {
        let calls = Mutex(0)
        let behaviour: @Sendable (Int) async throws -> Void

        init(_ behaviour: @escaping @Sendable (Int) async throws -> Void) { self.behaviour = behaviour }

        private func call() async throws {
            try await behaviour(
                calls.withLock { calls in
                    calls += 1
                    return calls
                })
        }

        func answer(for key: String) async throws -> QueryCacheEntry? {
            try await call()
            return QueryCacheEntry(key: key, value: Array("1".utf8), version: 1)
        }
        func store(_ entries: [QueryCacheEntry]) async throws -> Int {
            try await call()
            return entries.count
        }
        func remove(_ tombstones: [QueryCacheTombstone]) async throws { try await call() }
        func invalidate(_ keys: [String]) async throws { try await call() }
    }

    @Test("what the cache answers in time is passed on")
    func passesOn() async throws {
        let stub = Stub { _ in }
        let cache = BoundedQueryCache(stub, timeLimit: .seconds(60))
        #expect(try await cache.answer(for: "a")?.key == "a")
        #expect(try await cache.store([QueryCacheEntry(key: "a", value: [], version: 1)]) == 1)
        try await cache.remove([])
        try await cache.invalidate([])
        #expect(stub.calls.withLock { $0 } == 4)
    }

    @Test("a call that takes too long is given up, even when it does not notice, and then the cache is left alone")
    func givesUp() async throws {
        // Deaf to cancellation: it ends when the test does.
        let (forever, end) = AsyncStream<Never>.makeStream()
        defer { end.finish() }
        let stub = Stub { _ in await Task { for await _ in forever {} }.value }
        let cache = BoundedQueryCache(stub, timeLimit: .milliseconds(20), pause: .seconds(3_600))
        await #expect(throws: QueryCacheUnavailable.timedOut(.milliseconds(20))) { try await cache.answer(for: "a") }
        await #expect(throws: QueryCacheUnavailable.paused) { try await cache.answer(for: "a") }
        await #expect(throws: QueryCacheUnavailable.paused) { try await cache.store([]) }
        // Given up, the call may even begin later.
        while stub.calls.withLock({ $0 }) == 0 { await Task.yield() }
        #expect(stub.calls.withLock { $0 } == 1)
    }

    @Test("a failure is passed on, and after the pause the cache is asked again")
    func asksAgain() async throws {
        let stub = Stub { call in if call == 1 { throw Unreachable() } }
        let cache = BoundedQueryCache(stub, timeLimit: .seconds(60), pause: .zero)
        await #expect(throws: Unreachable.self) { try await cache.answer(for: "a") }
        #expect(try await cache.answer(for: "a") != nil)
    }

    @Test("a reader that goes away is no failure of the cache")
    func cancelled() async throws {
        let (entered, enter) = AsyncStream<Void>.makeStream()
        let stub = Stub { call in
            guard call == 1 else { return }
            enter.finish()
            try await Task.sleep(for: .seconds(3_600))
        }
        let cache = BoundedQueryCache(stub, timeLimit: .seconds(60), pause: .seconds(3_600))
        let reader = Task { try await cache.answer(for: "a") }
        for await _ in entered {}
        reader.cancel()
        await #expect(throws: CancellationError.self) { try await reader.value }
        #expect(try await cache.answer(for: "a") != nil)
    }
}
