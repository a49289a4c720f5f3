/// A histogram's contents at one moment.
public struct HistogramSnapshot: Sendable, Hashable {
    /// The buckets' upper bounds, without the last, infinite one.
    public let bounds: [Double]
    /// How many observations were at or below each bound; one more entry than bounds, for the infinite one.
    public let cumulativeCounts: [UInt64]
    /// The sum of the observations.
    public let sum: Double

    /// How many observations there were.
    public var count: UInt64 { cumulativeCounts.last ?? 0 }

    /// What was observed after an earlier snapshot of the same histogram.
    public func since(_ earlier: HistogramSnapshot) -> HistogramSnapshot {
        guard earlier.bounds == bounds else { return self }
        let counts = zip(cumulativeCounts, earlier.cumulativeCounts).map { $0 >= $1 ? $0 - $1 : 0 }
        return HistogramSnapshot(bounds: bounds, cumulativeCounts: counts, sum: sum - earlier.sum)
    }

    /// An estimate of a quantile, linear within its bucket, as PromQL's `histogram_quantile` makes it.
    ///
    /// - Parameter quantile: From 0 to 1.
    /// - Returns: nil if nothing was observed; the highest bound if the quantile lies above it.
    public func quantile(_ quantile: Double) -> Double? {
        guard count > 0, let highest = bounds.last else { return nil }
        let rank = min(max(quantile, 0), 1) * Double(count)
        guard let bucket = cumulativeCounts.firstIndex(where: { Double($0) >= rank }), bucket < bounds.count else {
            return highest
        }
        let lower = bucket == 0 ? min(0, bounds[0]) : bounds[bucket - 1]
        let before = bucket == 0 ? 0 : cumulativeCounts[bucket - 1]
        let inside = cumulativeCounts[bucket] - before
        guard inside > 0 else { return bounds[bucket] }
        return lower + (bounds[bucket] - lower) * (rank - Double(before)) / Double(inside)
    }
}
