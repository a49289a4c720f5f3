import FoundationEssentials
import OutboxDispatcher
import OutboxTelemetry

/// The last minutes of the dispatcher's figures, in bounded memory.
struct SampleRing {
    static let interval: Duration = .seconds(5)
    /// A quarter of an hour.
    static let capacity = 180
    /// Quantiles are those of so many intervals together: a few events make none.
    private static let span = 3

    private var readings: [Reading] = []
    private(set) var samples: [Sample] = []

    /// The reading that figures of now are compared with: some seconds old.
    var reference: Reading? { readings.dropLast().last ?? readings.last }

    mutating func add(_ reading: Reading, at date: Date) {
        let delay = reading.delay(since: readings.suffix(Self.span).first)
        samples.append(
            Sample(
                at: date, rate: reading.rate(since: readings.last, \.published), backlog: reading.figures.backlog,
                p50: readings.isEmpty ? nil : delay.quantile(0.5), p99: readings.isEmpty ? nil : delay.quantile(0.99)))
        readings = readings.suffix(Self.span - 1) + [reading]
        if samples.count > Self.capacity { samples.removeFirst(samples.count - Self.capacity) }
    }
}
