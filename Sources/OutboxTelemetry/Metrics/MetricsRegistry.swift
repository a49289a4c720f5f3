import Synchronization

/// Holds a process's metrics and writes them as Prometheus text.
///
/// Names carry their unit, as Prometheus wants it (`_seconds`, `_bytes`), and counters end in `_total`. Asking for a
/// metric that exists already, with the same kind and labels, gives the same one.
///
/// ```swift
/// let total = registry.counter(
///     "outbox_dispatch_total", help: "Events by result.", labelNames: ["result", "event_type"],
///     overflowing: ["event_type"])
/// total.labels("success", "position.created").increment()
/// ```
///
/// A name that Prometheus would not take is repaired (`_` for what may not stand in it). Where a name is taken by
/// another kind of metric, the new one works but is not shown, and an error is logged: a metric must not stop the work.
public final class MetricsRegistry: Sendable {
    /// The registry that is used where none is given.
    public static let shared = MetricsRegistry()

    /// The media type of the exposition.
    public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    private let metrics = Mutex<[String: Metric]>([:])

    /// Makes an empty registry.
    public init() {}

    /// A counter without labels.
    public func counter(_ name: String, help: String) -> Counter {
        counter(name, help: help, labelNames: []).labels()
    }

    /// A counter with labels.
    ///
    /// - Parameters:
    ///   - name: The metric's name; counters end in `_total`.
    ///   - help: What it counts, in a sentence.
    ///   - labelNames: The names of its labels, in the order in which their values are given.
    ///   - overflowing: The labels whose values become `other` beyond the cap; nil means all. Leave out those that
    ///     have few values by nature.
    ///   - maximumSeries: The cap.
    public func counter(
        _ name: String, help: String, labelNames: [String], overflowing: [String]? = nil, maximumSeries: Int = 200
    ) -> CounterFamily {
        family(name, help: help, .counter, labelNames, overflowing, maximumSeries) { Counter() }
    }

    /// A gauge without labels.
    public func gauge(_ name: String, help: String) -> Gauge {
        gauge(name, help: help, labelNames: []).labels()
    }

    /// A gauge with labels; see ``counter(_:help:labelNames:overflowing:maximumSeries:)``.
    public func gauge(
        _ name: String, help: String, labelNames: [String], overflowing: [String]? = nil, maximumSeries: Int = 200
    ) -> GaugeFamily {
        family(name, help: help, .gauge, labelNames, overflowing, maximumSeries) { Gauge() }
    }

    /// A histogram without labels.
    public func histogram(_ name: String, help: String, buckets: HistogramBuckets = .latency) -> Histogram {
        histogram(name, help: help, labelNames: [], buckets: buckets).labels()
    }

    /// A histogram with labels; see ``counter(_:help:labelNames:overflowing:maximumSeries:)``.
    public func histogram(
        _ name: String, help: String, labelNames: [String], buckets: HistogramBuckets = .latency,
        overflowing: [String]? = nil, maximumSeries: Int = 200
    ) -> HistogramFamily {
        family(name, help: help, .histogram, labelNames, overflowing, maximumSeries) { Histogram(buckets: buckets) }
    }

    /// A gauge that is asked when the metrics are read. A later one of the same name takes its place.
    ///
    /// - Parameters:
    ///   - name: The metric's name.
    ///   - help: What it says, in a sentence.
    ///   - read: Must be quick; nil leaves the gauge out this time.
    public func gauge(_ name: String, help: String, read: @escaping @Sendable () -> Double?) {
        gauge(name, help: help, labelNames: []) { read().map { [MetricSample(value: $0)] } ?? [] }
    }

    /// A gauge with labels that is asked when the metrics are read.
    public func gauge(
        _ name: String, help: String, labelNames: [String], read: @escaping @Sendable () -> [MetricSample]
    ) {
        callback(name, help: help, .gauge, labelNames, read)
    }

    /// A counter that is asked when the metrics are read: for something that counts already.
    public func counter(_ name: String, help: String, read: @escaping @Sendable () -> Double?) {
        counter(name, help: help, labelNames: []) { read().map { [MetricSample(value: $0)] } ?? [] }
    }

    /// A counter with labels that is asked when the metrics are read.
    public func counter(
        _ name: String, help: String, labelNames: [String], read: @escaping @Sendable () -> [MetricSample]
    ) {
        callback(name, help: help, .counter, labelNames, read)
    }

    /// Takes a metric and all its series out of the registry.
    public func remove(_ name: String) {
        let name = MetricName.repaired(name)
        _ = metrics.withLock { $0.removeValue(forKey: name) }
    }

    /// All metrics as Prometheus text, version 0.0.4, sorted by name.
    public func exposition() -> String { String(decoding: expositionBytes(), as: UTF8.self) }

    /// All metrics as Prometheus text, version 0.0.4, sorted by name, in UTF-8.
    public func expositionBytes() -> [UInt8] {
        // Callbacks run outside the lock: they may use the registry.
        let metrics = metrics.withLock { $0.values.sorted { $0.description.name < $1.description.name } }
        var text = PrometheusText()
        for metric in metrics { metric.write(&text) }
        return text.bytes
    }

    /// All metrics, those without series among them, sorted by name.
    package var descriptions: [MetricDescription] {
        metrics.withLock { $0.values.map(\.description).sorted { $0.name < $1.name } }
    }

    private func family<Instrument>(
        _ name: String, help: String, _ kind: MetricKind, _ labelNames: [String], _ overflowing: [String]?,
        _ maximumSeries: Int, make: @escaping @Sendable () -> Instrument
    ) -> MetricFamily<Instrument> where Instrument: AnyObject & Sendable {
        let name = MetricName.repaired(name)
        let labelNames = labelNames.map(MetricName.repaired)
        let (family, isTaken) = metrics.withLock { metrics in
            if let known = metrics[name]?.family as? MetricFamily<Instrument>, known.labelNames == labelNames {
                return (known, false)
            }
            let family = MetricFamily(
                name: name, help: help, kind: kind, labelNames: labelNames, overflowing: overflowing,
                maximumSeries: maximumSeries, make: make)
            if metrics[name] != nil { return (family, true) }
            let description = MetricDescription(name: name, kind: kind, labelNames: labelNames)
            metrics[name] = Metric(description: description, family: family) { $0.append(family) }
            return (family, false)
        }
        if isTaken { reportTaken(name) }
        return family
    }

    private func callback(
        _ name: String, help: String, _ kind: MetricKind, _ labelNames: [String],
        _ read: @escaping @Sendable () -> [MetricSample]
    ) {
        let name = MetricName.repaired(name)
        let labelNames = labelNames.map(MetricName.repaired)
        let isTaken = metrics.withLock { metrics in
            if metrics[name]?.family != nil { return true }
            let description = MetricDescription(name: name, kind: kind, labelNames: labelNames)
            metrics[name] = Metric(description: description, family: nil) { text in
                text.append(name: name, help: help, kind: kind, labelNames: labelNames, samples: read())
            }
            return false
        }
        if isTaken { reportTaken(name) }
    }

    private func reportTaken(_ name: String) {
        Logger(label: "outbox.metrics").error(
            "Two different metrics have one name; the second is not shown", metadata: ["metric": .string(name)])
    }

    private struct Metric: Sendable {
        let description: MetricDescription
        /// The family, where the values are not read by a callback.
        let family: (any AnyObject & Sendable)?
        let write: @Sendable (inout PrometheusText) -> Void
    }
}
