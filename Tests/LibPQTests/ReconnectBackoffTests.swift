import Testing

@testable import LibPQ

@Suite("Reconnect backoff")
struct ReconnectBackoffTests {
    @Test("waits twice as long after each failure, up to the limit, and not at all after a success")
    func growth() {
        var backoff = PQReconnectBackoff(base: .milliseconds(100), limit: .milliseconds(1000))
        var now = ContinuousClock.now
        #expect(backoff.delay(at: now) == .zero)
        var delays: [Duration] = []
        for _ in 0..<6 {
            backoff.failed(at: now, chance: 0)
            delays.append(backoff.delay(at: now))
            now += delays.last ?? .zero
            #expect(backoff.delay(at: now) == .zero)
        }
        // The lower half of each is certain; chance adds nothing to it here.
        #expect(delays == [50, 100, 200, 400, 500, 500].map { .milliseconds($0) })
        backoff.failed(at: now, chance: 0)
        backoff.succeeded()
        #expect(backoff.delay(at: now) == .zero)
    }

    @Test("many failures don't overflow")
    func many() {
        var backoff = PQReconnectBackoff()
        let now = ContinuousClock.now
        for _ in 0..<1000 { backoff.failed(at: now, chance: 1) }
        #expect(backoff.delay(at: now) == .seconds(2))
    }
}
