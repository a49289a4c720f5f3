/// Which aggregate.
struct AggregateKey: Sendable, Hashable, CustomStringConvertible {
    let type, id: String

    var description: String { "\(type)/\(id)" }

    /// One of the ordinary aggregates.
    static func ordinary(_ number: Int) -> AggregateKey {
        AggregateKey(type: RunSettings.types[number % RunSettings.types.count], id: "A\(number)")
    }
}
