/// When the next attempt to connect may be made, after some have failed.
struct PQReconnectBackoff {
    private let base: Duration
    private let limit: Duration
    private var failures = 0
    private var earliest: ContinuousClock.Instant?

    init(base: Duration = .milliseconds(50), limit: Duration = .seconds(2)) {
        self.base = base
        self.limit = limit
    }

    /// How long to wait before an attempt.
    func delay(at now: ContinuousClock.Instant) -> Duration {
        earliest.map { max(.zero, $0 - now) } ?? .zero
    }

    /// Notes a failed attempt: twice the wait of the one before, up to the limit, half of it by chance.
    /// - Parameter chance: from 0 to 1, at random, so that not everybody comes back at once.
    mutating func failed(at now: ContinuousClock.Instant, chance: Double) {
        let full = min(limit, base * (1 << min(failures, 20)))
        failures += 1
        earliest = max(earliest ?? now, now + full * (0.5 + chance / 2))
    }

    /// Notes a success.
    mutating func succeeded() {
        failures = 0
        earliest = nil
    }
}
