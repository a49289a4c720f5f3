/// How fast retention deletes: faster, the further it is behind, and with room for the claims in between.
struct RetentionPace: Sendable {
    /// How long settled events are kept.
    let age: Duration

    /// How much longer events are kept than they must be.
    var grace: Duration { min(age / 20, .seconds(60)) }

    /// How often a walk begins at the first row, for what was left behind.
    var fullWalk: Duration { min(max(age / 4, .seconds(10)), .seconds(3600)) }

    /// The pause after a step.
    ///
    /// - Parameters:
    ///   - elapsed: how long the step took.
    ///   - overdue: how long ago the oldest of the deleted events could have been deleted.
    ///   - reachedEnd: nothing more is old.
    func pause(after elapsed: Duration, overdue: Duration, reachedEnd: Bool) -> Duration {
        if reachedEnd { return min(max(age / 60, .seconds(1)), .seconds(10)) }
        // From a tenth of the time to most of it, when five minutes behind.
        let share = min(max((overdue - grace) / .seconds(300), 0.1), 0.8)
        return elapsed * (1 / share - 1)
    }
}
