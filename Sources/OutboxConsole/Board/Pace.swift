/// When something that costs is done next: the more seldom, the longer it took.
struct Pace {
    let shortest: Duration
    private(set) var due: ContinuousClock.Instant?

    /// - Parameter shortest: between two times.
    init(_ shortest: Duration) { self.shortest = shortest }

    func isDue(_ now: ContinuousClock.Instant) -> Bool { due.map { $0 <= now } ?? true }

    /// It has been done; at most a hundredth of the time goes into it.
    mutating func done(since start: ContinuousClock.Instant, now: ContinuousClock.Instant) {
        due = now + max(shortest, (now - start) * 100)
    }

    /// It is to be done at once.
    mutating func hurry() { due = nil }
}
