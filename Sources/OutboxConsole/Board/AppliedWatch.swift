import FoundationEssentials

/// How fast consumers apply events, and how long the events took, over the last looks.
struct AppliedWatch {
    /// A few events make no quantile: so many looks together.
    private static let span = 3

    private var looks: [(at: ContinuousClock.Instant, metrics: ConsumerMetrics)] = []

    mutating func add(_ metrics: ConsumerMetrics, at now: ContinuousClock.Instant) {
        looks = looks.suffix(Self.span) + [(now, metrics)]
    }

    /// Events per second; `nil` after one look only, or when a consumer has started anew.
    var rate: Double? {
        guard looks.count > 1, let first = looks.first, let last = looks.last, last.at > first.at,
            last.metrics.applied >= first.metrics.applied
        else { return nil }
        return (last.metrics.applied - first.metrics.applied) / ((last.at - first.at) / .seconds(1))
    }

    /// Commit → cache; `nil` when no answer was refreshed.
    func delay(at date: Date) -> ReadModelSection.Delay? {
        guard looks.count > 1, let first = looks.first, let last = looks.last else { return nil }
        let bounds = last.metrics.cacheDelay.keys.sorted()
        let counts = bounds.map { last.metrics.cacheDelay[$0, default: 0] - first.metrics.cacheDelay[$0, default: 0] }
        guard let total = counts.last, total > 0, counts.allSatisfy({ $0 >= 0 }) else { return nil }
        func quantile(_ share: Double) -> Double {
            let rank = share * total
            let index = counts.firstIndex { $0 >= rank } ?? counts.endIndex - 1
            let (low, before) = index > 0 ? (bounds[index - 1], counts[index - 1]) : (0, 0)
            guard bounds[index].isFinite, counts[index] > before else { return low }
            return low + (bounds[index] - low) * (rank - before) / (counts[index] - before)
        }
        return ReadModelSection.Delay(at: date, p50: quantile(0.5), p99: quantile(0.99))
    }
}
