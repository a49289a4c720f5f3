/// What a metric is, as the exposition names it.
package enum MetricKind: String, Sendable {
    case counter
    case gauge
    case histogram
}
