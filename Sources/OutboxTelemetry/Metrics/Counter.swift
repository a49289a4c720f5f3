import Synchronization

/// Counts what only ever grows. Costs one atomic addition, no lock.
public final class Counter: Sendable {
    // Whole and fractional parts apart: whole amounts, nearly all there are, need no compare-and-exchange.
    private let whole = Atomic<UInt64>(0)
    private let fractional = AtomicDouble()

    init() {}

    /// Adds a whole amount; negative ones are ignored, since a counter can't fall.
    public func increment(by amount: Int = 1) {
        guard amount > 0 else { return }
        whole.wrappingAdd(UInt64(amount), ordering: .relaxed)
    }

    /// Adds an amount; negative ones and those that are not finite are ignored.
    public func increment(by amount: Double) {
        guard amount > 0, amount.isFinite else { return }
        fractional.add(amount)
    }

    /// What was counted so far.
    public var value: Double { Double(whole.load(ordering: .relaxed)) + fractional.load() }
}
