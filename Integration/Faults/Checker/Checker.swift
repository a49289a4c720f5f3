import Foundation

/// Holds what arrived against what was committed. It knows nothing of how the product works.
struct Checker {
    let evidence: Evidence
    let events: [UUID: Truth.Event]
    /// What must have arrived.
    let expected: Set<UUID>

    init(_ evidence: Evidence) {
        self.evidence = evidence
        events = Dictionary(evidence.committed.map { ($0.id, $0) }) { first, _ in first }
        expected = Set(evidence.committed.map(\.id)).subtracting(evidence.discarded)
    }

    /// What `outbox verify` has a word for too.
    enum Names {
        static let lostOnTopic = "lost: committed and not on the topic"
        static let lostInReadModel = "lost: committed and not in the read model"
        static let phantomsOnTopic = "phantoms on the topic: never committed"
        static let rolledBackOnTopic = "rolled-back events on the topic"
        static let reorderedOnTopic = "reordered on the topic, by first occurrence"
        static let altered = "records with another event's payload, key or headers"
    }

    /// All that does not hold.
    var violations: [Violation] {
        [database, topic, deadLetters, readModel, cache].flatMap { $0 }.filter { $0.count > 0 }
    }

    /// Whether the database kept its word: without that, nothing else can be judged.
    private var database: [Violation] {
        var vanished = Violation(check: "acknowledged commits that vanished", examples: [])
        for id in evidence.acknowledged where !evidence.business.contains(id) { vanished.add("\(id)") }
        var resurrected = Violation(check: "rolled-back transactions that are there", examples: [])
        for id in evidence.rolledBack where evidence.business.contains(id) { resurrected.add("\(id)") }
        return [vanished, resurrected]
    }
}
