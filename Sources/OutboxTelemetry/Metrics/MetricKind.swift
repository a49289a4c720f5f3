/// What a metric is, as the exposition names it.
enum MetricKind: String, Sendable {
    case counter
    case gauge
    case histogram
}
