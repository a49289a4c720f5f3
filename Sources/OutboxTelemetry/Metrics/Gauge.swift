/// Shows a value that rises and falls. Takes no lock.
public final class Gauge: Sendable {
    private let current = AtomicDouble()

    init() {}

    /// Sets the value.
    public func set(_ value: Double) { current.store(value) }

    /// Sets the value.
    public func set(_ value: Int) { current.store(Double(value)) }

    /// Adds to the value.
    public func increment(by amount: Double = 1) { current.add(amount) }

    /// Takes from the value.
    public func decrement(by amount: Double = 1) { current.add(-amount) }

    /// The value.
    public var value: Double { current.load() }
}
