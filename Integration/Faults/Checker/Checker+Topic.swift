import Foundation

extension Checker {
    var topic: [Violation] {
        var phantom = Violation(check: Names.phantomsOnTopic, examples: [])
        var rolledBack = Violation(check: Names.rolledBackOnTopic, examples: [])
        var discarded = Violation(check: "discarded events on the topic", examples: [])
        var altered = Violation(check: Names.altered, examples: [])
        var reordered = Violation(check: Names.reorderedOnTopic, examples: [])
        var scattered = Violation(check: "aggregates in more than one partition", examples: [])
        var seen: Set<UUID> = []
        var last: [AggregateKey: Truth.Event] = [:]
        var partitions: [AggregateKey: Int32] = [:]
        for record in evidence.records {
            guard let id = record.eventID, let event = events[id] else {
                if let key = record.key, evidence.foreignKeys.contains(key) { continue }
                if let id = record.eventID, evidence.rolledBack.contains(id) {
                    rolledBack.add("\(record)")
                } else {
                    phantom.add("\(record)")
                }
                continue
            }
            if evidence.discarded.contains(id) { discarded.add("\(record)") }
            if record.payloadID != id || record.aggregate != event.aggregate || record.key != event.aggregate.id {
                altered.add("\(record), not \(event.aggregate)")
            }
            if let partition = partitions.updateValue(record.partition, forKey: event.aggregate),
                partition != record.partition
            {
                scattered.add("\(event.aggregate): \(partition) and \(record.partition)")
            }
            guard seen.insert(id).inserted else { continue }
            if let previous = last[event.aggregate], previous.place > event.place {
                reordered.add(
                    "\(event.aggregate): \(id) (place \(event.place)) behind \(previous.id) (\(previous.place))")
            } else {
                last[event.aggregate] = event
            }
        }
        var lost = Violation(check: Names.lostOnTopic, examples: [])
        for id in expected where !seen.contains(id) { lost.add(Self.describe(events[id])) }
        return [lost, phantom, rolledBack, discarded, altered, reordered, scattered]
    }

    /// The records that a topic holds beyond the first of each event.
    var duplicates: [TopicRecord] {
        var seen: Set<UUID> = []
        return evidence.records.filter { record in
            guard let id = record.eventID, events[id] != nil else { return false }
            return !seen.insert(id).inserted
        }
    }

    static func describe(_ event: Truth.Event?) -> String {
        event.map { "\($0.aggregate) place \($0.place), \($0.id), committed at \(Int64($0.committedAt))" } ?? ""
    }
}
