import OutboxTelemetry

/// The metrics of a dispatcher that `outbox top` shows, whatever their prefix.
struct DispatcherMetrics: Sendable, Equatable {
    /// Events settled since the dispatcher's start.
    var settled: Double = 0
    /// Delays from an event's creation to its acknowledgement: how many are no longer than so many seconds.
    var delays: [Bucket] = []

    struct Bucket: Sendable, Equatable {
        var seconds: Double
        var count: Double
    }

    /// - Parameter exposition: Prometheus' text.
    init(_ exposition: String) {
        for (series, value) in PrometheusSamples(exposition).all {
            if series.hasSuffix("_success_total") {
                settled += value
            } else if let match = series.wholeMatch(of: /\w+_delay_seconds_bucket\{le="([^"]+)"\}/),
                !series.hasPrefix("outbox_consume")
            {
                let bound = match.output.1 == "+Inf" ? Double.infinity : Double(match.output.1) ?? .infinity
                delays.append(Bucket(seconds: bound, count: value))
            }
        }
        delays.sort { $0.seconds < $1.seconds }
    }

    /// The delay that a share of the events since `earlier` did not pass; `nil` when there were none.
    func delay(of share: Double, since earlier: DispatcherMetrics?) -> Double? {
        let before = earlier?.delays.map(\.count) ?? []
        let counts = delays.enumerated().map { $1.count - ($0 < before.count ? before[$0] : 0) }
        guard let total = counts.last, total > 0, counts.allSatisfy({ $0 >= 0 }) else { return nil }
        let wanted = share * total
        guard let index = counts.firstIndex(where: { $0 >= wanted }) else { return nil }
        let (low, lowCount) = index > 0 ? (delays[index - 1].seconds, counts[index - 1]) : (0, 0)
        guard delays[index].seconds.isFinite else { return low }
        let part = counts[index] > lowCount ? (wanted - lowCount) / (counts[index] - lowCount) : 1
        return low + (delays[index].seconds - low) * part
    }
}
