import Foundation
import Synchronization

/// What the writers saw: what was committed, what was rolled back, and what they can't know.
final class Truth: Sendable {
    /// An event as its writer knows it.
    struct Event: Sendable, Hashable {
        let id: UUID
        let aggregate: AggregateKey
        /// Grows in the order in which the aggregate's transactions commit.
        let place: Int64
        /// When the commit was acknowledged, in milliseconds since 1970.
        var committedAt: Double = 0
    }

    /// A transaction whose commit got no answer.
    struct Uncertain: Sendable {
        let transactionID: UUID
        let events: [Event]
    }

    struct State: Sendable {
        var committed: [Event] = []
        var rolledBack: Set<UUID> = []
        var uncertain: [Uncertain] = []
        var transactions = 0
    }

    private let state = Mutex(State())

    var now: State { state.withLock { $0 } }
    var committedCount: Int { state.withLock { $0.committed.count } }

    func committed(_ events: [Event]) {
        let time = Date().timeIntervalSince1970 * 1000
        state.withLock { state in
            state.transactions += 1
            for var event in events {
                event.committedAt = time
                state.committed.append(event)
            }
        }
    }

    func rolledBack(_ ids: [UUID]) {
        state.withLock { state in
            state.transactions += 1
            state.rolledBack.formUnion(ids)
        }
    }

    func uncertain(_ transactionID: UUID, _ events: [Event]) {
        state.withLock { state in
            state.transactions += 1
            state.uncertain.append(Uncertain(transactionID: transactionID, events: events))
        }
    }
}
