/// How long something took, many times.
struct Latency {
    /// In milliseconds, sorted.
    private let sorted: [Double]

    init(seconds: [Double]) {
        sorted = seconds.map { $0 * 1000 }.sorted()
    }

    private func at(_ share: Double) -> Double {
        sorted.isEmpty ? .nan : sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]
    }

    /// - Parameter targets: the most that the median and the 99th percentile should be, in milliseconds.
    func measurements(_ name: String, targets: (p50: Double, p99: Double?)? = nil) -> [Measurement] {
        [
            Measurement("\(name), p50", at(0.5), "ms", target: targets.map { .atMost($0.p50) }),
            Measurement("\(name), p99", at(0.99), "ms", target: targets.flatMap { $0.p99.map { .atMost($0) } }),
            Measurement("\(name), p99.9", at(0.999), "ms"),
            Measurement("\(name), longest", at(1), "ms"),
        ]
    }
}
