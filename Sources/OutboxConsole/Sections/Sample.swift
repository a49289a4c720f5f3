import FoundationEssentials
import OutboxDispatcher
import OutboxTelemetry

/// The dispatcher's figures at one moment, and what they say of the time since an earlier one.
struct Sample: Encodable {
    let at: Date
    /// Events published per second.
    let rate: Double
    let backlog: Double
    /// Commit → Kafka in seconds; `nil` when nothing was published.
    let p50: Double?
    let p99: Double?

    func encode(to encoder: any Encoder) throws {
        // A list, since there are hundreds of them.
        var container = encoder.unkeyedContainer()
        try container.encode(at.milliseconds)
        for value in [rate, backlog, p50, p99] {
            if let value {
                try container.encode((value * 10_000).rounded() / 10_000)
            } else {
                try container.encodeNil()
            }
        }
    }
}

/// Figures with their time.
struct Reading: Sendable {
    let at: ContinuousClock.Instant
    let figures: DispatcherFigures

    /// Per second, of a number that only grows.
    func rate(since earlier: Reading?, _ number: (DispatcherFigures) -> Double) -> Double {
        guard let earlier, at > earlier.at else { return 0 }
        return max(0, number(figures) - number(earlier.figures)) / ((at - earlier.at) / .seconds(1))
    }

    /// Commit → Kafka since an earlier reading.
    func delay(since earlier: Reading?) -> HistogramSnapshot {
        earlier.map { figures.delay.since($0.figures.delay) } ?? figures.delay
    }
}
