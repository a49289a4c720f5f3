/// A value that a callback gives: label values and number.
public struct MetricSample: Sendable, Hashable {
    /// The labels' values, in the order of their names.
    public var labels: [String]
    /// The number.
    public var value: Double

    /// Makes a sample.
    public init(labels: [String] = [], value: Double) {
        self.labels = labels
        self.value = value
    }
}
