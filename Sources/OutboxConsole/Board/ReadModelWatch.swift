import FoundationEssentials
import LibPQ
import Outbox

/// Looks at the read model for all watchers.
struct ReadModelWatch: Sendable {
    private static let mostDelays = 180
    private static let mostConsumers = 10

    let store: ReadModelStore
    let outbox: ConsoleStore
    private var delays: [ReadModelSection.Delay] = []

    init(store: ReadModelStore, outbox: ConsoleStore) {
        self.store = store
        self.outbox = outbox
    }

    /// - Throws: `PQError`.
    mutating func look() async throws -> ReadModelSection {
        var section = ReadModelSection()
        var seconds: [Double] = []
        for consumer in try await store.consumers().prefix(Self.mostConsumers) {
            section.deadLetters += try await store.held(by: consumer).map {
                ReadModelSection.DeadLetter($0, consumer: consumer)
            }
            let applied = try await store.appliedLast(by: consumer)
            let created = try await outbox.creationTimes(of: Array(applied.keys))
            // Two servers' clocks may differ a little.
            seconds += created.compactMap { id, date in applied[id].map { max(0, $0.timeIntervalSince(date)) } }
        }
        if let delay = ReadModelSection.Delay(seconds, at: Date()) { delays.append(delay) }
        if delays.count > Self.mostDelays { delays.removeFirst(delays.count - Self.mostDelays) }
        section.delays = delays
        section.staleAnswers = try? await store.staleAnswers()
        return section
    }
}
