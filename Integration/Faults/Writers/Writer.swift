import Foundation
import LibPQ
import Outbox

/// One connection's worth of business: transactions, one after the other.
struct Writer {
    private struct RolledBack: Error {}

    let pool: PQPool
    let truth: Truth
    /// Events per second.
    let rate: Double
    private var generator: SeededGenerator

    init(number: Int, pool: PQPool, truth: Truth, rate: Double, seed: UInt64) {
        self.pool = pool
        self.truth = truth
        self.rate = rate
        generator = SeededGenerator(seed: seed, part: UInt64(1000 + number))
    }

    /// Writes until it is told to stop. Errors are what the harness is for: they are noted, and it goes on.
    mutating func run(until stop: StopFlag) async throws {
        while !stop.isSet {
            let began = ContinuousClock.now
            let draft = Draft(&generator)
            await write(draft)
            let due = began + .seconds(Double(draft.events.count) / rate)
            try await Task.sleep(until: due, clock: .continuous)
        }
    }

    private func write(_ draft: Draft) async {
        var events: [Truth.Event] = []
        do {
            // A transaction that is tried again would have other places than the first attempt's.
            try await pool.withTransaction(retries: 0) { transaction in
                switch draft.style {
                case .repository: try await save(draft, in: transaction)
                case .plainSQL: try await insert(draft, in: transaction)
                }
                let places = try await Business.insert(
                    draft.events, transactionID: draft.transactionID, in: transaction)
                if draft.pause > .zero { try await Task.sleep(for: draft.pause) }
                if draft.isRolledBack { throw RolledBack() }
                events = zip(draft.events, places).map { Truth.Event(id: $0.id, aggregate: $0.aggregate, place: $1) }
            }
            truth.committed(events)
        } catch {
            // Without an answer to COMMIT, only the database knows.
            if events.isEmpty {
                truth.rolledBack(draft.events.map(\.id))
            } else {
                truth.uncertain(draft.transactionID, events)
            }
        }
    }

    private func save(_ draft: Draft, in transaction: PQTransaction) async throws {
        let events = try draft.events.map { id, aggregate in
            try OutboxEvent(
                id: id, eventType: "\(aggregate.type).changed", aggregateType: aggregate.type,
                aggregateID: aggregate.id, payload: Array(draft.payload(id).utf8))
        }
        try await OutboxRepository().save(contentsOf: events, in: transaction)
    }

    private func insert(_ draft: Draft, in transaction: PQTransaction) async throws {
        try await PlainSQL.lock(draft.events.map(\.aggregate), in: transaction)
        try await PlainSQL.insert(
            draft.events.map { PlainSQL.Row(id: $0.id, aggregate: $0.aggregate, payload: draft.payload($0.id)) },
            in: transaction)
    }
}
