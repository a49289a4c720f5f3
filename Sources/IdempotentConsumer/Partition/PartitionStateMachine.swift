/// Decides what happens next on one partition. It does nothing itself: who asks carries out what it says and reports
/// back.
///
/// A partition has at most one piece of work at a time, so that its records are applied in order:
///
///     batch ─▶ apply in one transaction ─▶ refresh the cache ─▶ commit Kafka's offset
///       ▲            │ an event failed: again, finding out which
///       │            │ something else failed: wait, longer each time, and again
///       └────────────┘
///
/// Integration/Model/IdempotentConsumer.tla is the protocol that it is part of; the steps have the same names there.
struct PartitionStateMachine<Record: Sendable>: Sendable {
    typealias Instant = ContinuousClock.Instant

    struct Entry: Sendable {
        var record: Record
        var offset: Int64
        var byteCount: Int
    }

    /// What there is to do.
    enum Work: Sendable {
        /// Apply these records.
        case apply([Entry], isolating: Bool)
        /// Try the aggregates on hold whose time has come.
        case retryHolds
    }

    /// Why a piece of work was not done.
    enum Failure: Equatable, Sendable {
        /// An event can't be applied.
        case event
        /// No event's fault: it will pass.
        case transient
        /// The partition was applied, or set back, by somebody else: what is in memory may not be next.
        case overtaken
    }

    private enum Phase: Equatable {
        case idle
        case working
        case waiting(until: Instant)
    }

    private let batchSize: Int
    private let backoff: Backoff
    private var phase = Phase.idle
    private var entries: [Entry] = []
    private var firstEntry = 0
    private var isIsolating = false
    private var mustResolve = false
    private var retryHoldsAt: Instant?
    private(set) var isRevoked = false
    /// The bytes that wait in memory.
    private(set) var bufferedBytes = 0
    /// How often the current work has failed for no event's fault.
    private(set) var transientFailures = 0
    /// Records before this one have been applied.
    private(set) var nextOffset: Int64

    init(nextOffset: Int64, batchSize: Int, backoff: Backoff) {
        self.nextOffset = nextOffset
        self.batchSize = batchSize
        self.backoff = backoff
    }

    /// The records that wait in memory.
    var bufferedRecords: Int { entries.count - firstEntry }
    /// Whether it is being worked on.
    var isWorking: Bool { phase == .working }
    /// Whether something other than an event keeps it from going on.
    var isStalled: Bool { transientFailures > 0 }

    /// Takes records in. Those that were read before a seek, or after the partition was given up, are dropped.
    mutating func receive(_ records: some Sequence<Entry>) {
        guard !isRevoked, !mustResolve else { return }
        var next = entries.last.map { $0.offset + 1 } ?? nextOffset
        for entry in records where entry.offset >= next {
            entries.append(entry)
            bufferedBytes += entry.byteCount
            next = entry.offset + 1
        }
    }

    /// Whether there is something to do now.
    func isReady(at now: Instant) -> Bool {
        isFree(at: now) && !mustResolve && (bufferedRecords > 0 || (retryHoldsAt.map { $0 <= now } ?? false))
    }

    /// Whether to ask the database anew where the partition stands, and to seek there. It is for the one who receives
    /// the records, so that none from before the seek are received after it; it ends with ``resolved(nextOffset:)`` or
    /// ``fail(_:at:using:)``.
    func mustResolve(at now: Instant) -> Bool { mustResolve && isFree(at: now) }

    private func isFree(at now: Instant) -> Bool {
        guard !isRevoked else { return false }
        switch phase {
        case .idle: return true
        case .working: return false
        case .waiting(let until): return until <= now
        }
    }

    /// Begins the next piece of work; it must be ended with ``finish(nextOffset:)`` or ``fail(_:at:using:)``.
    /// - Returns: nil when there is nothing to do now.
    mutating func begin(at now: Instant) -> Work? {
        guard isReady(at: now) else { return nil }
        phase = .working
        // Holds first: a steady stream of records must not keep them waiting.
        if let retryHoldsAt, retryHoldsAt <= now { return .retryHolds }
        let end = min(firstEntry + batchSize, entries.count)
        return .apply(Array(entries[firstEntry..<end]), isolating: isIsolating)
    }

    /// The work is done.
    /// - Parameter nextOffset: what the database says is next; records before it are let go.
    mutating func finish(nextOffset: Int64) {
        phase = .idle
        isIsolating = false
        transientFailures = 0
        self.nextOffset = max(self.nextOffset, nextOffset)
        while firstEntry < entries.count, entries[firstEntry].offset < self.nextOffset {
            bufferedBytes -= entries[firstEntry].byteCount
            firstEntry += 1
        }
        // Records are let go in batches, not one by one; but a large part of what is done with must not stay.
        if firstEntry == entries.count || firstEntry >= batchSize {
            entries.removeSubrange(..<firstEntry)
            firstEntry = 0
        }
    }

    /// The partition was asked for in the database and sought: reading goes on there.
    mutating func resolved(nextOffset: Int64) {
        phase = .idle
        isIsolating = false
        mustResolve = false
        transientFailures = 0
        self.nextOffset = nextOffset
    }

    /// The work was not done; nothing of it took effect.
    mutating func fail(_ failure: Failure, at now: Instant, using generator: inout some RandomNumberGenerator) {
        switch failure {
        case .event:
            // The same records again, this time prepared for one of them to fail.
            phase = .idle
            isIsolating = true
        case .transient:
            transientFailures += 1
            phase = .waiting(
                until: now + backoff.delay(afterFailures: transientFailures, using: &generator))
        case .overtaken:
            phase = .idle
            requireResolve()
        }
    }

    /// What is in memory is not to be trusted any more.
    mutating func requireResolve() {
        mustResolve = true
        entries.removeAll()
        firstEntry = 0
        bufferedBytes = 0
    }

    /// When the next aggregate on hold is to be tried again; nil when none is.
    mutating func scheduleHolds(at instant: Instant?) { retryHoldsAt = instant }

    /// The partition is given up: what waits is dropped, nothing new begins.
    mutating func revoke() {
        isRevoked = true
        entries.removeAll()
        firstEntry = 0
        bufferedBytes = 0
    }
}
