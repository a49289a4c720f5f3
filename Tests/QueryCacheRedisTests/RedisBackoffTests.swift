import Testing

@testable import QueryCacheRedis

@Suite("When a Redis server is tried again")
struct RedisBackoffTests {
    private let error = RedisError(.connectionFailed, "refused")

    @Test("the wait doubles from 50 ms to 2 s, and until then the reason is given again")
    func doubles() {
        var backoff = RedisBackoff()
        var now = ContinuousClock.now
        #expect(backoff.reasonNotToTry(at: now) == nil)
        for milliseconds in [50, 100, 200, 400, 800, 1_600, 2_000, 2_000] {
            backoff.failed(error, at: now, chance: 1)
            #expect(backoff.reasonNotToTry(at: now + .milliseconds(milliseconds - 1)) == error)
            now += .milliseconds(milliseconds)
            #expect(backoff.reasonNotToTry(at: now) == nil)
        }
    }

    @Test("half of the wait is left to chance, and a success ends it")
    func chance() {
        var backoff = RedisBackoff()
        let now = ContinuousClock.now
        backoff.failed(error, at: now, chance: 0)
        #expect(backoff.reasonNotToTry(at: now + .milliseconds(24)) == error)
        #expect(backoff.reasonNotToTry(at: now + .milliseconds(25)) == nil)
        backoff.failed(error, at: now, chance: 0)
        backoff.succeeded()
        #expect(backoff.reasonNotToTry(at: now) == nil)
    }
}
