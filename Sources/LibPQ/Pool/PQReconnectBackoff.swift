/// When the next attempt to connect may be made, after some have failed.
struct PQReconnectBackoff {
    private let base: Duration
    private let limit: Duration
    private var failures = 0
    private var earliest: ContinuousClock.Instant?

    init(base: Duration = .milliseconds(50), limit: Duration = .seconds(5)) {
        self.base = base
        self.limit = limit
    }

    /// How long to wait before an attempt.
    func delay(at now: ContinuousClock.Instant) -> Duration {
        earliest.map { max(.zero, $0 - now) } ?? .zero
    }

    /// Notes a failed attempt: twice the wait of the one before, up to the limit, half of it by chance.
    mutating func failed(at now: ContinuousClock.Instant, using generator: inout some RandomNumberGenerator) {
        let full = min(limit, base * (1 << min(failures, 20)))
        failures += 1
        let share = Double.random(in: 0.5...1, using: &generator)
        earliest = max(earliest ?? now, now + full * share)
    }

    /// Notes a success.
    mutating func succeeded() {
        failures = 0
        earliest = nil
    }
}
