/// When the next attempt to connect may be made, after some have failed.
struct RedisBackoff {
    private let base = Duration.milliseconds(50)
    private let limit = Duration.seconds(2)
    private var failures = 0
    private var last: (error: RedisError, retryAt: ContinuousClock.Instant)?

    /// Why the server is left alone for the moment; nil if it may be tried.
    func reasonNotToTry(at now: ContinuousClock.Instant) -> RedisError? {
        last.flatMap { now < $0.retryAt ? $0.error : nil }
    }

    /// Notes a failure: twice the wait of the one before, up to the limit, half of it by chance.
    mutating func failed(
        _ error: RedisError, at now: ContinuousClock.Instant, chance: Double = .random(in: 0...1)
    ) {
        let wait = min(limit, base * (1 << min(failures, 10)))
        failures += 1
        last = (error, now + wait * (0.5 + chance / 2))
    }

    /// Notes a success.
    mutating func succeeded() {
        failures = 0
        last = nil
    }
}
