/// How far groups have come, over time.
struct ConsumerWatch {
    /// A group with something to read that has read nothing for so long has stopped.
    static let patience: Duration = .seconds(30)

    private struct Key: Hashable {
        let group: String
        let topic: String
    }

    private struct Seen {
        var progress: ConsumerProgress
        var at: ContinuousClock.Instant
        var rate: Double?
        /// When it last moved, or had nothing to read.
        var moved: ContinuousClock.Instant
    }

    private var seen: [Key: Seen] = [:]

    mutating func add(_ progress: [ConsumerProgress], at now: ContinuousClock.Instant) {
        var next: [Key: Seen] = [:]
        for progress in progress {
            let key = Key(group: progress.group, topic: progress.topic)
            let last = seen[key]
            let steps = last.map { max(0, progress.position - $0.progress.position) }
            let seconds = last.map { (now - $0.at) / .seconds(1) }
            let hasMoved = progress.lag == 0 || (steps ?? 1) > 0
            next[key] = Seen(
                progress: progress, at: now,
                rate: steps.flatMap { steps in seconds.flatMap { $0 > 0 ? Double(steps) / $0 : nil } },
                moved: hasMoved ? now : last?.moved ?? now)
        }
        seen = next
    }

    /// A group over all its topics.
    struct Group {
        let name: String
        var lag: Int64
        var hasMembers: Bool
    }

    /// By name.
    var groups: [Group] {
        var found: [String: Group] = [:]
        for progress in seen.values.map(\.progress) {
            found[progress.group, default: Group(name: progress.group, lag: 0, hasMembers: progress.hasMembers)].lag +=
                progress.lag
        }
        return found.values.sorted { $0.name < $1.name }
    }

    /// The groups of which no topic with something to read has moved for a while.
    func stopped(now: ContinuousClock.Instant) -> [String] {
        let late = seen.values.filter { $0.progress.lag > 0 && now - $0.moved >= Self.patience }.map(\.progress.group)
        let moving = seen.values.filter { $0.progress.lag > 0 && now - $0.moved < Self.patience }.map(\.progress.group)
        return Set(late).subtracting(moving).sorted()
    }

    var section: ConsumersSection {
        let rows = seen.values.map { seen in
            ConsumersSection.Row(
                group: seen.progress.group, topic: seen.progress.topic, lag: seen.progress.lag, rate: seen.rate)
        }
        return ConsumersSection(rows: rows.sorted { ($0.group, $0.topic) < ($1.group, $1.topic) })
    }
}
