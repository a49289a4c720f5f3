/// Notices topics that leave records unanswered.
struct StallWatch {
    /// A lane's records on their way to one topic.
    struct Part: Equatable {
        let id: Int
        let aggregateType: String
        /// Records without an answer.
        let remaining: Int
    }

    /// How long a topic may be silent before the cluster is asked about it.
    static let suspicion: Duration = .seconds(2)
    /// How long it may be while others are answered.
    static let patience: Duration = .seconds(5)
    /// How long it may be while nobody is: all may be slow together.
    static let longPatience: Duration = .seconds(10)
    /// How long one lane's records may be unanswered while the topic answers others': a partition may be stuck, or there
    /// is a long queue before it.
    static let partPatience: Duration = .seconds(30)

    private struct Sight {
        let aggregateType: String
        var remaining: Int
        var since: ContinuousClock.Instant
    }

    private var sights: [Int: Sight] = [:]
    private var lastAnswers: [String: ContinuousClock.Instant] = [:]

    /// - Parameter parts: all that is in flight now.
    /// - Returns: the aggregate types whose topics have left records unanswered for a while, and whether that is too long
    ///   even if the cluster sees nothing wrong.
    mutating func look(_ parts: [Part], now: ContinuousClock.Instant) -> [String: Bool] {
        var next: [Int: Sight] = [:]
        for part in parts {
            var sight =
                sights[part.id] ?? Sight(aggregateType: part.aggregateType, remaining: part.remaining, since: now)
            if sight.remaining != part.remaining {
                lastAnswers[part.aggregateType] = now
                (sight.remaining, sight.since) = (part.remaining, now)
            }
            next[part.id] = sight
        }
        // What is gone has been answered.
        for (id, sight) in sights where next[id] == nil { lastAnswers[sight.aggregateType] = now }
        sights = next
        lastAnswers = lastAnswers.filter { now - $0.value < Self.longPatience }
        let isAnybodyAnswered = lastAnswers.values.contains { now - $0 < Self.patience }
        let patience = isAnybodyAnswered ? Self.patience : Self.longPatience
        var silent: [String: Bool] = [:]
        for sight in next.values where now - sight.since >= Self.suspicion {
            let silence = now - sight.since
            let isTopicSilent = lastAnswers[sight.aggregateType].map { now - $0 >= patience } ?? true
            let isTooLong = silence >= Self.partPatience || (isTopicSilent && silence >= patience)
            silent[sight.aggregateType] = silent[sight.aggregateType, default: false] || isTooLong
        }
        return silent
    }

    /// Begins anew: the cluster as a whole did not answer, so silence says nothing of a topic.
    mutating func reset() { self = StallWatch() }
}
