import OutboxTelemetry

extension MetricsRegistry {
    /// The value of a series, labels and all; 0 where there is none.
    func value(of series: String) -> Double { PrometheusSamples(exposition())[series] }
}
