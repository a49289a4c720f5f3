/// How long to wait before the next attempt: doubling from attempt to attempt, up to a limit.
struct Backoff: Sendable {
    var base: Duration
    var limit: Duration

    /// - Parameter failures: how often it failed so far, from 1 on.
    func delay(afterFailures failures: Int) -> Duration {
        min(limit, base * (1 << min(max(failures, 1) - 1, 20)))
    }

    /// The same with up to a quarter less, so that many don't come back at once.
    func delay(afterFailures failures: Int, using generator: inout some RandomNumberGenerator) -> Duration {
        delay(afterFailures: failures) * Double.random(in: 0.75...1, using: &generator)
    }
}
