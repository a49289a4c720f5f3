import Synchronization

/// Counts observations by size, for quantiles over any set of instances. Takes no lock.
public final class Histogram: Sendable {
    /// The buckets' upper bounds, ascending, without the last, infinite one.
    public let bounds: [Double]
    private let counts: AtomicCounts
    private let sum = AtomicDouble()

    init(buckets: HistogramBuckets) {
        bounds = buckets.bounds
        counts = AtomicCounts(count: buckets.bounds.count + 1)
    }

    /// Counts an observation in the metric's unit; NaN is ignored.
    public func observe(_ value: Double) {
        guard !value.isNaN else { return }
        // The first bound that is not below the value, by halving.
        var low = 0
        var high = bounds.count
        while low < high {
            let middle = (low + high) / 2
            if bounds[middle] < value { low = middle + 1 } else { high = middle }
        }
        counts.increment(low)
        sum.add(value)
    }

    /// Counts a duration, in seconds.
    public func observe(_ duration: Duration) { observe(duration / .seconds(1)) }

    /// Runs a closure and counts how long it took, whether it returns or throws.
    public func time<Result>(_ body: () async throws -> Result) async rethrows -> Result {
        let start = ContinuousClock.now
        defer { observe(ContinuousClock.now - start) }
        return try await body()
    }

    /// What was observed so far.
    public var snapshot: HistogramSnapshot {
        var total: UInt64 = 0
        var cumulative: [UInt64] = []
        cumulative.reserveCapacity(bounds.count + 1)
        for index in 0...bounds.count {
            total &+= counts[index]
            cumulative.append(total)
        }
        return HistogramSnapshot(bounds: bounds, cumulativeCounts: cumulative, sum: sum.load())
    }
}

/// A fixed row of counters that threads may increment at once.
///
/// `@unchecked Sendable` holds because the pointer never changes and what it points to is atomic.
private final class AtomicCounts: @unchecked Sendable {
    private let counts: UnsafeMutablePointer<Atomic<UInt64>>
    private let count: Int

    init(count: Int) {
        self.count = count
        counts = .allocate(capacity: count)
        for index in 0..<count { (counts + index).initialize(to: Atomic(0)) }
    }

    deinit {
        counts.deinitialize(count: count)
        counts.deallocate()
    }

    subscript(index: Int) -> UInt64 { counts[index].load(ordering: .relaxed) }

    func increment(_ index: Int) { counts[index].wrappingAdd(1, ordering: .relaxed) }
}
