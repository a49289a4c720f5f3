import Foundation

extension Checker {
    var readModel: [Violation] {
        var phantom = Violation(check: "phantoms in the read model: never committed, or given up", examples: [])
        var twice = Violation(check: "applied twice", examples: [])
        var reordered = Violation(check: "reordered in the read model", examples: [])
        let expected = expected.subtracting(evidence.unapplied)
        var seen: Set<UUID> = []
        var last: [AggregateKey: Int64] = [:]
        var counts: [AggregateKey: Int64] = [:]
        for entry in evidence.applied {
            counts[entry.aggregate, default: 0] += 1
            guard let event = events[entry.eventID], expected.contains(entry.eventID) else {
                phantom.add("\(entry.aggregate): \(entry.eventID)")
                continue
            }
            guard seen.insert(entry.eventID).inserted else {
                twice.add(Self.describe(event))
                continue
            }
            if let previous = last[event.aggregate], previous > event.place {
                reordered.add("\(Self.describe(event)), behind place \(previous)")
            } else {
                last[event.aggregate] = event.place
            }
        }
        var lost = Violation(check: Names.lostInReadModel, examples: [])
        for id in expected where !seen.contains(id) { lost.add(Self.describe(events[id])) }
        // A count that is not idempotent by itself shows what a set of ids hides.
        var miscounted = Violation(check: "totals that are not the ledger's", examples: [])
        for aggregate in Set(counts.keys).union(evidence.totals.keys) {
            let (count, total) = (counts[aggregate] ?? 0, evidence.totals[aggregate]?.applied ?? 0)
            if count != total { miscounted.add("\(aggregate): \(total), not \(count)") }
        }
        return [lost, phantom, twice, reordered, miscounted]
    }

    var cache: [Violation] {
        var stale = Violation(check: "cached answers older than the read model", examples: [])
        for (aggregate, total) in evidence.totals where evidence.cached[aggregate] != total {
            let cached = evidence.cached[aggregate].map { "\($0.applied) events" } ?? "nothing"
            stale.add("\(aggregate): \(cached), the read model has \(total.applied)")
        }
        return [stale]
    }

    var deadLetters: [Violation] {
        var unexpected = Violation(check: "dead letters that nobody poisoned", examples: [])
        for record in evidence.deadLetters {
            let isForeign = record.key.map { evidence.foreignKeys.contains($0) } ?? false
            let isPoison = record.eventID.map { evidence.deadLetterIDs.contains($0) } ?? false
            if !isForeign && !isPoison { unexpected.add("\(record)") }
        }
        var missing = Violation(check: "poison that is not among the dead letters", examples: [])
        let keys = Set(evidence.deadLetters.compactMap(\.key)), ids = Set(evidence.deadLetters.compactMap(\.eventID))
        for key in evidence.foreignKeys where !keys.contains(key) { missing.add(key) }
        for id in evidence.deadLetterIDs where !ids.contains(id) { missing.add("\(id)") }
        return [unexpected, missing]
    }
}
