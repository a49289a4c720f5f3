/// A metric as it was registered, whether it has series yet or not.
package struct MetricDescription: Sendable, Hashable {
    package let name: String
    package let kind: MetricKind
    package let labelNames: [String]
}
