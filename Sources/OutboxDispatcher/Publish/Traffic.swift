import LibRDKafka
import OutboxTelemetry
import Synchronization

/// The batches under way, and the topics on hold.
struct Traffic {
    var holds = TopicHolds()
    var watch = StallWatch()
    private(set) var flights: [Int: LaneFlight] = [:]
    private var nextID = 0
    /// Of parts that no lane waits for.
    private(set) var detachedRows = 0
    private(set) var detachedBytes = 0
    /// Reasons to be written beside the first event that waits for them.
    private var notes: [(sequence: Int64, reason: String)] = []

    mutating func makeID() -> Int {
        nextID += 1
        return nextID
    }

    mutating func add(_ flight: LaneFlight) -> Int {
        let id = makeID()
        flights[id] = flight
        return id
    }

    mutating func remove(_ id: Int) { flights[id] = nil }

    /// The types whose topics leave records unanswered, and whether for too long, whatever the cluster says.
    mutating func silent(now: ContinuousClock.Instant) -> [String: Bool] {
        let parts = flights.values.flatMap(\.awaited).map {
            StallWatch.Part(id: $0.id, aggregateType: $0.aggregateType, remaining: $0.pending.remaining)
        }
        return watch.look(parts, now: now)
    }

    mutating func detach(_ part: TopicPart) {
        holds.detached(part.aggregateType, batches: 1)
        detachedRows += part.records.count
        detachedBytes += part.bytes
    }

    /// A detached part is back, though not yet settled.
    mutating func returned(_ part: TopicPart) {
        detachedRows -= part.records.count
        detachedBytes -= part.bytes
    }

    /// A part was back before it could be detached.
    mutating func forget(_ part: TopicPart) {
        holds.detached(part.aggregateType, batches: -1)
        returned(part)
    }

    mutating func note(_ reason: String, at sequence: Int64?) {
        if let sequence { notes.append((sequence, reason)) }
    }

    mutating func takeNotes() -> [(sequence: Int64, reason: String)] {
        defer { notes = [] }
        return notes
    }
}
