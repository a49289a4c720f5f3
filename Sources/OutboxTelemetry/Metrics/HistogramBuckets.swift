#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The upper bounds of a histogram's buckets.
public struct HistogramBuckets: Sendable, Hashable {
    /// Ascending and finite, each once. An infinite one is added by the histogram.
    public let bounds: [Double]

    /// Makes buckets; bounds are sorted, and those that are not finite or given twice are left out.
    public init(_ bounds: [Double]) {
        self.bounds = Set(bounds.filter(\.isFinite)).sorted()
    }

    /// Makes buckets whose bounds grow by a factor.
    ///
    /// - Parameters:
    ///   - start: The first bound, above 0.
    ///   - factor: Above 1.
    ///   - count: How many bounds; at most 100 are made.
    public static func exponential(start: Double, factor: Double, count: Int) -> HistogramBuckets {
        HistogramBuckets((0..<max(0, min(count, 100))).map { start * pow(factor, Double($0)) })
    }

    /// Seconds, from half a millisecond to one minute.
    public static let latency = HistogramBuckets([
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
    ])

    /// Numbers of things, from 1 to 10,000.
    public static let sizes = HistogramBuckets([1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000])
}
