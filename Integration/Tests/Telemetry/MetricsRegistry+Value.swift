import OutboxTelemetry
import Servers

extension MetricsRegistry {
    /// The value of a series, labels and all; 0 where there is none.
    func value(of series: String) -> Double { MetricSamples(exposition())[series] }
}
