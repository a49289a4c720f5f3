import Synchronization

/// Until when this process may publish, by its own clock, which also counts the time that it was suspended.
///
/// Looked at immediately before each record is sent. There is none until one is set: a replay needs no lease.
final class LeaseDeadline: Sendable {
    private let start = ContinuousClock.now
    /// Since `start`.
    private let nanoseconds = Atomic<Int64>(.max)

    func set(_ instant: ContinuousClock.Instant) {
        let (seconds, attoseconds) = (instant - start).components
        nanoseconds.store(seconds * 1_000_000_000 + attoseconds / 1_000_000_000, ordering: .releasing)
    }

    var hasPassed: Bool {
        ContinuousClock.now - start >= .nanoseconds(nanoseconds.load(ordering: .acquiring))
    }
}
