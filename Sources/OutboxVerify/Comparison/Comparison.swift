package import FoundationEssentials

/// Compares the outbox, the topics and the inbox. It does no I/O: it is shown rows, then records, then what the inbox
/// holds, then rows again for what is still open, and then it judges.
///
/// The order makes a live system give no false alarm. What the rows say is older than the topics' ends, so an event
/// that they call settled has its record before those. What the inbox says is older than the ends up to which the rest
/// of the topics is read, so an event that it calls applied has its record before those. Events that neither was in the
/// rows nor settled in them are looked up last, when they must have been committed for long.
package struct Comparison {
    /// The events that must be compared with their rows member by member, or not.
    package enum Likeness: Sendable, Hashable {
        case same
        /// Perhaps only written in another way: compare it as JSON.
        case doubtful
    }

    var events = EventTable()
    /// The highest sequence by aggregate and partition. Where more partitions were added, an aggregate has an order in
    /// each of them.
    private var lastSequences: [UInt64: Int64] = [:]
    var tally = Tally()
    private(set) var wrong = Sample()
    /// Records that are no events.
    private(set) var strays = Sample()
    private(set) var repeated = Sample()
    let limit: Int

    /// - Parameter limit: the most findings of a kind that are kept.
    package init(limit: Int) {
        self.limit = limit
    }

    /// The memory that it takes.
    package var byteCount: Int { events.byteCount + lastSequences.count * 56 }

    // MARK: Rows

    /// Takes a row of the snapshot.
    package mutating func add(_ row: ComparedRow) {
        let (position, _) = events.insert(row.eventID)
        events[position].sequence = row.sequence
        events[position].aggregate = row.aggregate
        events[position].digest = row.digest
        events[position].timestamp = row.createdAt
        events[position].place = ~Int32(clamping: row.topic)
        events[position].flags.insert(.inOutbox)
        if row.isInSpan { events[position].flags.insert(.inSpan) }
        if row.isScheduled { events[position].flags.insert(.scheduled) }
        if row.state == .settled { events[position].flags.insert(.settled) }
        if row.isInSpan { tally.count(row.state) }
    }

    // MARK: Records

    /// Takes a record; those of a partition in their order.
    package mutating func add(_ record: ComparedRecord) -> Likeness {
        tally.records += 1
        let (position, _) = events.insert(record.eventID)
        let isFirst = !events[position].isOnTopic
        let isInOutbox = events[position].flags.contains(.inOutbox)
        if record.isReplay {
            tally.replays += 1
        } else if !isFirst {
            tally.duplicates += 1
            let event = events[position]
            repeated.add(
                Self.found(.duplicated, event, "on the topic again, at offset \(record.offset)"), limit: limit)
        }
        var isDoubtful = false
        if isInOutbox {
            isDoubtful =
                events[position].digest != record.digest || events[position].aggregate != record.aggregate
                || record.sequence != 0 && record.sequence != events[position].sequence
        } else if events[position].sequence == 0 {
            events[position].sequence = record.sequence
        }
        if isFirst {
            if !isInOutbox { events[position].aggregate = record.aggregate }
            events[position].place = Int32(clamping: record.partition)
            events[position].offset = record.offset
            events[position].timestamp = record.timestamp
            events[position].eventType = record.eventType
            if !record.isReplay { followOrder(position, record) }
        }
        if let contradiction = record.contradiction { noteWrong(record.eventID, contradiction) }
        return isDoubtful ? .doubtful : .same
    }

    private mutating func followOrder(_ position: Int, _ record: ComparedRecord) {
        let sequence = events[position].sequence
        guard sequence != 0 else { return }
        let chain = record.aggregate ^ (UInt64(truncatingIfNeeded: record.partition) &* 0x9E37_79B9_7F4A_7C15)
        if let last = lastSequences[chain], sequence < last {
            events[position].flags.insert(.outOfOrder)
        } else {
            lastSequences[chain] = sequence
        }
    }

    /// Notes a record that can't be read as an event.
    package mutating func addStray(partition: Int, offset: Int64, reason: String) {
        tally.records += 1
        strays.add(
            Finding(kind: .unknown, partition: Int32(clamping: partition), offset: offset, detail: reason),
            limit: limit)
    }

    /// Notes that an event's record differs from its row.
    package mutating func noteWrong(_ eventID: UUID, _ reason: String) {
        guard let position = events.position(of: eventID), !events[position].flags.contains(.wrong) else { return }
        events[position].flags.insert(.wrong)
        let event = events[position]
        wrong.add(Self.found(.wrongContent, event, reason), limit: limit)
    }

    // MARK: The inbox

    /// Takes an event of the inbox.
    ///
    /// - Parameter keepsStrangers: whether it is to be remembered when nothing else knows it.
    package mutating func addApplied(_ eventID: UUID, keepsStrangers: Bool) {
        guard let position = keepsStrangers ? events.insert(eventID).position : events.position(of: eventID) else {
            return
        }
        events[position].flags.insert(.applied)
    }

    /// Notes an event that the consumer keeps for later, or has written to the dead-letter topic.
    package mutating func addSetAside(_ eventID: UUID) {
        guard let position = events.position(of: eventID) else { return }
        events[position].flags.insert(.setAside)
    }

    // MARK: Rows again

    package var eventCount: Int { events.count }

    /// An event's id, if its row must be looked up at last: there was none, or it was not settled though there is a
    /// record.
    package func openEventID(_ position: Int, by judgement: Judgement, settledRows: SettledRows) -> UUID? {
        let event = events[position]
        if event.flags.contains(.settled) || event.flags.contains(.discarded) { return nil }
        if event.flags.contains(.inOutbox) { return event.isOnTopic ? event.id : nil }
        // Where no settled rows are kept, a look would find nothing, for each of perhaps millions.
        guard event.isOnTopic else { return event.id }
        let isWorthIt = judgement.retention != .none && settledRows.count > 0
        return isWorthIt && judgement.isInSpan(event.timestamp) ? event.id : nil
    }

    /// Takes the row of an open event, as it is now.
    package mutating func resolve(_ row: ComparedRow) {
        guard let position = events.position(of: row.eventID) else { return }
        let isNew = !events[position].flags.contains(.inOutbox)
        events[position].flags.insert(.inOutbox)
        if row.state == .settled { events[position].flags.insert(.settled) }
        if row.isScheduled { events[position].flags.insert(.scheduled) }
        guard isNew else { return }
        if row.isInSpan { events[position].flags.insert(.inSpan) }
        if events[position].isOnTopic {
            if events[position].aggregate != row.aggregate { noteWrong(row.eventID, "not as in its row: topic or key") }
        } else {
            events[position].timestamp = row.createdAt
            events[position].place = ~Int32(clamping: row.topic)
        }
    }

    /// Notes that an open event has no row any more, and was not given up: if it had one, it has been settled.
    package mutating func resolveAbsence(of eventID: UUID) {
        guard let position = events.position(of: eventID), events[position].flags.contains(.inOutbox) else { return }
        events[position].flags.insert(.settled)
    }

    /// Notes an event that an operator gave up.
    package mutating func addDiscarded(_ eventID: UUID) {
        guard let position = events.position(of: eventID) else { return }
        events[position].flags.insert(.discarded)
    }

    /// A finding without the names of topics and aggregates: `partition` is the place in the list of partitions.
    static func found(_ kind: Violation, _ event: EventEntry, _ detail: String) -> Finding {
        Finding(
            kind: kind, eventID: event.id, sequence: event.sequence == 0 ? nil : event.sequence,
            partition: event.isOnTopic ? event.place : nil, offset: event.isOnTopic ? event.offset : nil,
            detail: detail)
    }

    /// A number of findings, and the first of them.
    struct Sample {
        var count = 0
        var findings: [Finding] = []

        mutating func add(_ finding: @autoclosure () -> Finding, limit: Int) {
            count += 1
            if findings.count < limit { findings.append(finding()) }
        }
    }
}
