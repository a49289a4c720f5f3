import OutboxDoctor
import OutboxTelemetry

/// What consumers say of themselves at their `/metrics`, several of them together.
struct ConsumerMetrics: Sendable, Equatable {
    /// A histogram's counts by their bounds, in seconds.
    typealias Buckets = [Double: Double]

    /// Events applied since the consumers' start.
    var applied: Double = 0
    /// Delays from an event's occurrence to the refreshed cache: how many are no longer than so many seconds.
    var cacheDelay: Buckets = [:]

    init() {}

    /// - Parameter exposition: Prometheus' text.
    init(_ exposition: String) {
        for (series, value) in PrometheusSamples(exposition).all {
            let name = series.prefix { $0 != "{" }
            if name.hasSuffix("_applied_delay_seconds_count") {
                applied += value
            } else if name.hasSuffix("_cache_delay_seconds_bucket"), let bound = Self.bound(series) {
                cacheDelay[bound, default: 0] += value
            }
        }
    }

    private static func bound(_ series: Substring) -> Double? {
        guard let start = series.firstRange(of: "le=\"") else { return nil }
        let text = series[start.upperBound...].prefix { $0 != "\"" }
        return text == "+Inf" ? .infinity : Double(text)
    }

    mutating func add(_ other: ConsumerMetrics) {
        applied += other.applied
        cacheDelay.merge(other.cacheDelay, uniquingKeysWith: +)
    }

    /// Asks all of them at once.
    ///
    /// - Returns: what those that answered say, `nil` when none did; and why one did not.
    static func read(from addresses: [String]) async -> (metrics: ConsumerMetrics?, failure: String?) {
        await withTaskGroup(of: Result<ConsumerMetrics, MetricsPage.Unavailable>.self) { group in
            for address in addresses {
                group.addTask {
                    do throws(MetricsPage.Unavailable) {
                        return .success(ConsumerMetrics(try await MetricsPage.read(from: address, within: .seconds(2))))
                    } catch {
                        return .failure(error)
                    }
                }
            }
            var sum: ConsumerMetrics?
            var failure: String?
            for await answer in group {
                switch answer {
                case .success(let metrics):
                    var all = sum ?? ConsumerMetrics()
                    all.add(metrics)
                    sum = all
                case .failure(let error): failure = "\(error)"
                }
            }
            return (sum, failure)
        }
    }
}
