import Foundation

/// Reads off the evidence what each kind of fault cost.
struct Measurement {
    let faults: [FaultRecord]
    private let committed, onTopic, applied: Timeline
    /// When each event was committed and came to the topic, by commit.
    private let waits: [(committedAt: Double, waited: Double)]
    private let duplicates: [Double]
    private let end: Double

    /// - Parameter held: aggregates that may wait, and are left out.
    init(_ checker: Checker, faults: [FaultRecord], held: Set<AggregateKey>, end: Double) {
        self.faults = faults.sorted { $0.began < $1.began }
        self.end = end
        let free = checker.evidence.committed.filter { !held.contains($0.aggregate) && $0.committedAt > 0 }
        committed = Timeline(free.map(\.committedAt))
        var first: [UUID: Double] = [:]
        for record in checker.evidence.records {
            if let id = record.eventID, first[id] == nil { first[id] = record.appendedAt }
        }
        onTopic = Timeline(free.compactMap { first[$0.id] })
        applied = Timeline(checker.evidence.applied.filter { !held.contains($0.aggregate) }.map(\.appliedAt))
        waits = free.compactMap { event in first[event.id].map { (event.committedAt, $0 - event.committedAt) } }
            .sorted { $0.committedAt < $1.committedAt }
        duplicates = checker.duplicates.map(\.appendedAt)
    }

    /// By kind.
    var figures: [FaultFigures] {
        var all: [FaultKind: FaultFigures] = [:]
        for strike in strikes {
            all[strike.fault.kind, default: FaultFigures(kind: strike.fault.kind)].add(strike.figures)
        }
        return FaultKind.allCases.compactMap { all[$0] }
    }

    /// Each fault by itself, by time.
    var strikes: [Strike] {
        faults.enumerated().map { index, fault in
            // What strikes together is blamed together.
            let next = faults[(index + 1)...].first { $0.began - fault.began > 50 }?.began ?? end
            var figures = FaultFigures(kind: fault.kind)
            figures.count = 1
            figures.duplicates = duplicates.count { $0 >= fault.began && $0 < next }
            measure(fault, until: next, &figures)
            return Strike(fault: fault, figures: figures)
        }
    }

    private func measure(_ fault: FaultRecord, until next: Double, _ figures: inout FaultFigures) {
        func worst(_ value: inout Double, _ milliseconds: Double) { value = max(value, milliseconds / 1000) }
        worst(&figures.topicStall, onTopic.longestGap(from: fault.began, to: next))
        worst(&figures.readModelStall, applied.longestGap(from: fault.began, to: next))
        if let moment = onTopic.next(after: fault.healed) { worst(&figures.topicAfterHealing, moment - fault.healed) }
        if let moment = applied.next(after: fault.healed) {
            worst(&figures.readModelAfterHealing, moment - fault.healed)
        }
        for wait in waits where wait.committedAt >= fault.began && wait.committedAt < next {
            worst(&figures.longestWait, wait.waited)
        }
        figures.recoveredPerSecond = max(figures.recoveredPerSecond, recovery(from: fault.healed, to: next) ?? 0)
    }

    private func backlog(at time: Double) -> Int { committed.count(until: time) - onTopic.count(until: time) }

    /// How fast a backlog went that a fault had left; nil when there was none worth the name.
    private func recovery(from healed: Double, to next: Double) -> Double? {
        let peak = backlog(at: healed)
        guard peak >= 200 else { return nil }
        var time = healed
        while time < next, backlog(at: time) > peak / 10 { time += 50 }
        let published = onTopic.count(until: time) - onTopic.count(until: healed)
        return time > healed ? Double(published) / (time - healed) * 1000 : nil
    }
}
