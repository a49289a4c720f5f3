import Synchronization

/// A metric with labels: one counter, gauge or histogram for each combination of label values.
public typealias CounterFamily = MetricFamily<Counter>
/// A gauge with labels.
public typealias GaugeFamily = MetricFamily<Gauge>
/// A histogram with labels.
public typealias HistogramFamily = MetricFamily<Histogram>

/// A metric with labels: one instrument for each combination of label values, up to a cap.
///
/// ``labels(_:)-(String...)`` takes a lock and a dictionary look-up; keep its result where the path is hot. Incrementing the
/// instrument then takes neither.
///
/// Beyond the cap, values that were never seen become `other`, so that outside data can't blow up the series.
public final class MetricFamily<Instrument: AnyObject & Sendable>: Sendable {
    /// The value of labels beyond the cap.
    public static var overflowValue: String { "other" }

    let name: String
    let help: String
    let kind: MetricKind
    /// The labels' names, in the order of their values.
    public let labelNames: [String]
    private let maximumSeries: Int
    private let overflows: [Bool]
    private let make: @Sendable () -> Instrument
    private let series = Mutex<[[String]: Instrument]>([:])

    init(
        name: String, help: String, kind: MetricKind, labelNames: [String], overflowing: [String]?,
        maximumSeries: Int, make: @escaping @Sendable () -> Instrument
    ) {
        self.name = name
        self.help = help
        self.kind = kind
        self.labelNames = labelNames
        self.maximumSeries = max(1, maximumSeries)
        self.overflows = labelNames.map { overflowing?.contains($0) ?? true }
        self.make = make
    }

    /// The instrument for the label values, made if it is new.
    ///
    /// Missing values count as empty, surplus ones are left out, long ones are cut at 256 bytes.
    public func labels(_ values: String...) -> Instrument { labels(values) }

    /// The instrument for the label values, made if it is new.
    public func labels(_ values: [String]) -> Instrument {
        let values = normalized(values)
        return series.withLock { series in
            if let known = series[values] { return known }
            let key = series.count < maximumSeries ? values : overflowKey(values, isFull: series.count)
            if let known = series[key] { return known }
            let instrument = make()
            series[key] = instrument
            return instrument
        }
    }

    /// Takes a combination of label values out of the exposition. Whoever still holds its instrument may go on
    /// using it, unseen.
    public func remove(_ values: String...) { remove(values) }

    /// Takes a combination of label values out of the exposition.
    public func remove(_ values: [String]) {
        let key = normalized(values)
        _ = series.withLock { $0.removeValue(forKey: key) }
    }

    /// Takes all series out of the exposition.
    public func removeAll() { series.withLock { $0.removeAll() } }

    var all: [(values: [String], instrument: Instrument)] {
        series.withLock { $0.map { (values: $0.key, instrument: $0.value) } }
            .sorted { $0.values.lexicographicallyPrecedes($1.values) }
    }

    private func normalized(_ values: [String]) -> [String] {
        var result = values
        if result.count != labelNames.count {
            result = Array(result.prefix(labelNames.count))
            result += Array(repeating: "", count: labelNames.count - result.count)
        }
        for index in result.indices where result[index].utf8.count > 256 {
            result[index] = String(decoding: result[index].utf8.prefix(256), as: UTF8.self)
        }
        return result
    }

    /// Labels that are known to be bounded keep their values; should they turn out not to be, they give way as well.
    private func overflowKey(_ values: [String], isFull count: Int) -> [String] {
        let isBeyondHope = count >= maximumSeries * 2
        return zip(values, overflows).map { value, overflows in
            overflows || isBeyondHope ? Self.overflowValue : value
        }
    }
}
