import Foundation

/// A transaction that is to be written.
struct Draft {
    /// How the events are written.
    enum Style: CaseIterable {
        /// By the library, in one call, which locks the aggregates.
        case repository
        /// By SQL alone, with `outbox_lock_aggregate`.
        case plainSQL
    }

    let transactionID = UUID()
    let style: Style
    let events: [(id: UUID, aggregate: AggregateKey)]
    /// Text that the payloads are filled up with.
    let padding: Int
    /// How long the transaction stays open when all is written.
    let pause: Duration
    let isRolledBack: Bool

    init(_ generator: inout SeededGenerator) {
        style = Style.allCases.randomElement(using: &generator) ?? .repository
        let size = Int.random(in: 1...20, using: &generator)
        // Some aggregates are hot: their transactions wait for each other.
        let range = Int.random(in: 0..<5, using: &generator) == 0 ? 0..<20 : 0..<RunSettings.aggregates
        let aggregates = (0..<Int.random(in: 1...min(size, 5), using: &generator)).map { _ in
            AggregateKey.ordinary(Int.random(in: range, using: &generator))
        }
        events = (0..<size).map { _ in (UUID(), aggregates.randomElement(using: &generator) ?? aggregates[0]) }
        padding = Int.random(in: 0...400, using: &generator)
        // Who has the earlier sequences need not be the first to commit; a few are very late.
        pause =
            switch Int.random(in: 0..<100, using: &generator) {
            case 0: .milliseconds(Int.random(in: 200...1500, using: &generator))
            case 1..<40: .milliseconds(Int.random(in: 1...15, using: &generator))
            default: .zero
            }
        isRolledBack = Int.random(in: 0..<10, using: &generator) == 0
    }

    /// An event's payload: its own id, to be told from others', and some text.
    func payload(_ id: UUID) -> String {
        #"{"id": "\#(id.uuidString)", "text": "\#(String(repeating: "x", count: padding))"}"#
    }
}
