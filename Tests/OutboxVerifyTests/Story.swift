import FoundationEssentials

@testable import OutboxVerify

/// What happened to some events, as the outbox, the topics and the inbox tell it; times are milliseconds.
struct Story {
    /// Long after everything.
    static let now: Int64 = 1_000_000_000

    var rows: [ComparedRow] = []
    /// Shown in this order.
    var records: [ComparedRecord] = []
    var applied: [UUID] = []
    var setAside: [UUID] = []
    /// Rows as they are at last, of events that are still open; those that are in neither list are gone.
    var laterRows: [ComparedRow] = []
    var discarded: [UUID] = []
    var judgement = Story.judgement

    static var judgement: Judgement {
        var judgement = Judgement()
        judgement.now = now
        judgement.retention = .keep(2 * now)
        return judgement
    }

    static func consumer(nextOffsets: [Int64?]) -> Judgement.Consumer {
        Judgement.Consumer(nextOffsets: nextOffsets, readsNothingElse: true, inboxHorizon: .min)
    }

    static func id(_ n: Int) -> UUID {
        let (high, low) = (UInt8(truncatingIfNeeded: n >> 8), UInt8(truncatingIfNeeded: n))
        return UUID(uuid: (7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, UInt8(truncatingIfNeeded: n >> 16), high, low, 7))
    }

    /// Adds a row.
    mutating func row(
        _ n: Int, of aggregate: UInt64 = 1, _ state: ComparedRow.State = .settled, isScheduled: Bool = false,
        isInSpan: Bool = true
    ) {
        rows.append(Self.row(n, of: aggregate, state, isScheduled: isScheduled, isInSpan: isInSpan))
    }

    static func row(
        _ n: Int, of aggregate: UInt64 = 1, _ state: ComparedRow.State = .settled, isScheduled: Bool = false,
        isInSpan: Bool = true
    ) -> ComparedRow {
        ComparedRow(
            eventID: id(n), sequence: Int64(n), state: state, isScheduled: isScheduled, isInSpan: isInSpan,
            createdAt: Int64(n) * 1000, publishedAt: state == .settled ? Int64(n) * 1000 + 20 : nil, topic: 0,
            aggregate: aggregate, digest: UInt64(n))
    }

    /// Adds a record at the end of a partition.
    mutating func record(_ n: Int, of aggregate: UInt64 = 1, partition: Int = 0, isReplay: Bool = false) {
        records.append(
            ComparedRecord(
                eventID: Self.id(n), sequence: Int64(n), partition: partition,
                offset: Int64(records.count { $0.partition == partition }), timestamp: Int64(n) * 1000 + 10,
                aggregate: aggregate, digest: UInt64(n), isReplay: isReplay))
    }

    /// Adds a row and its record.
    mutating func published(_ numbers: ClosedRange<Int>, of aggregate: UInt64 = 1) {
        for n in numbers {
            row(n, of: aggregate)
            record(n, of: aggregate)
        }
    }

    /// Everything that is wrong.
    func verdict(owns: (UInt64) -> Bool = { _ in true }) -> Comparison.Verdict {
        var comparison = Comparison(limit: 1_000_000)
        var settled = Comparison.SettledRows()
        for row in rows {
            if row.state == .settled {
                settled.count += 1
                settled.lowestSequence = min(settled.lowestSequence, row.sequence)
                settled.oldestPublishedAt = min(settled.oldestPublishedAt, row.publishedAt ?? .max)
            }
            if owns(row.aggregate) { comparison.add(row) }
        }
        for record in records where owns(record.aggregate) {
            if comparison.add(record) == .doubtful { comparison.noteWrong(record.eventID, "differs") }
        }
        let isOnly = owns(0) && owns(1)
        for id in applied { comparison.addApplied(id, keepsStrangers: isOnly) }
        for id in setAside { comparison.addSetAside(id) }
        let later = Dictionary(laterRows.map { ($0.eventID, $0) }, uniquingKeysWith: { $1 })
        let now = Dictionary(rows.map { ($0.eventID, $0) }, uniquingKeysWith: { $1 })
        for position in 0..<comparison.eventCount {
            guard let id = comparison.openEventID(position, by: judgement, settledRows: settled) else { continue }
            if discarded.contains(id) {
                comparison.addDiscarded(id)
            } else if let row = later[id] ?? now[id] {
                comparison.resolve(row)
            } else {
                comparison.resolveAbsence(of: id)
            }
        }
        return comparison.judge(judgement, settledRows: settled)
    }

    /// Its violations, by kind and number.
    var wrongs: Set<Wrong> {
        Set(verdict().findings.map { Wrong($0.kind, $0.eventID) })
    }
}

/// A violation of an event.
struct Wrong: Hashable, CustomStringConvertible {
    let kind: Violation
    let id: UUID?

    init(_ kind: Violation, _ id: UUID?) {
        self.kind = kind
        self.id = id
    }

    init(_ kind: Violation, _ n: Int) { self.init(kind, Story.id(n)) }

    var description: String { "\(kind.rawValue) \(id?.uuidString.suffix(8) ?? "")" }
}
