import Testing

@testable import OutboxDispatcher

@Suite("Backoff")
struct BackoffTests {
    @Test(
        "doubles with each failure, five times at most",
        arguments: [(0, 5), (1, 10), (2, 20), (3, 40), (4, 80), (5, 160), (6, 160), (1000, 160), (-1, 5)])
    func doubles(retryCount: Int, seconds: Int) {
        #expect(Backoff(base: .seconds(5)).delay(retryCount: retryCount, jitter: 0) == .seconds(seconds))
    }

    @Test("is never longer than five minutes")
    func capped() {
        #expect(Backoff(base: .seconds(60)).delay(retryCount: 5, jitter: 0) == .seconds(300))
    }

    @Test("jitter shortens it by up to a fifth")
    func jitter() {
        let delay = Backoff(base: .seconds(10)).delay(retryCount: 0, jitter: 0.999)
        #expect(delay > .seconds(8))
        #expect(delay < .seconds(8.1))
    }
}
