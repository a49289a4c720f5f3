import OutboxTelemetry

extension MetricsRegistry {
    /// The value of a series, labels and all; 0 where there is none.
    func value(of series: String) -> Double {
        exposition().split(separator: "\n").first { $0.hasPrefix(series + " ") }
            .flatMap { $0.split(separator: " ").last.flatMap { Double($0) } } ?? 0
    }
}
