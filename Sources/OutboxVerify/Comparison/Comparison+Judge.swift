extension Comparison {
    /// What a comparison came to.
    package struct Verdict: Sendable {
        package var tally: Tally
        /// How many violations of each kind; those without any are left out.
        package var violations: [Violation: Int]
        /// The first of each kind. `partition` is the place in the list of partitions.
        package var findings: [Finding]
    }

    /// What the settled rows of the outbox, which retention has left, tell of those that it has deleted.
    package struct SettledRows: Sendable {
        package var count = 0
        package var lowestSequence = Int64.max
        /// In milliseconds since 1970.
        package var oldestPublishedAt = Int64.max

        package init() {}
    }

    /// The events that look as if the consumer had left them out, so that its dead letters must be looked at.
    package func hasUnapplied(by judgement: Judgement) -> Bool {
        let inboxes = Inboxes(self, judgement)
        return (0..<events.count).contains { inboxes.fate(of: events[$0]) == .notApplied }
    }

    /// Whether settled events are not on the topic as far as it has been read.
    package var hasMissing: Bool {
        (0..<events.count).contains { position in
            events[position].flags.contains([.settled, .inSpan]) && !events[position].isOnTopic
        }
    }

    /// Judges.
    ///
    /// - Parameter rows: all settled rows there are, those of other comparisons among them.
    package mutating func judge(_ judgement: Judgement, settledRows rows: SettledRows) -> Verdict {
        var samples: [Violation: Sample] = [.wrongContent: wrong, .unknown: strays]
        if judgement.isStrict {
            samples[.duplicated] = repeated
        }
        let inboxes = Inboxes(self, judgement)
        for position in 0..<events.count {
            let event = events[position]
            var wrongs =
                event.isOnTopic ? judgeRecord(event, judgement, rows) : judgeAbsence(event, judgement)
            switch inboxes.fate(of: event) {
            case .applied: tally.applied += 1
            case .setAside: tally.setAside += 1
            case .lagging: tally.lagging += 1
            case .beforeInbox: tally.beforeInbox += 1
            case .unasked: tally.unasked += 1
            case .notApplied: wrongs.append((.notApplied, "the consumer has passed it without applying it"))
            case .notJudged: break
            }
            for (kind, detail) in wrongs {
                samples[kind, default: Sample()].add(Self.found(kind, event, detail), limit: limit)
            }
        }
        return Verdict(
            tally: tally, violations: samples.mapValues(\.count).filter { $0.value > 0 },
            findings: Violation.allCases.flatMap { samples[$0]?.findings ?? [] })
    }

    private mutating func judgeRecord(
        _ event: EventEntry, _ judgement: Judgement, _ rows: SettledRows
    ) -> [(Violation, String)] {
        var wrongs: [(Violation, String)] = []
        let isInSpan =
            event.flags.contains(.inOutbox) ? event.flags.contains(.inSpan) : judgement.isInSpan(event.timestamp)
        guard isInSpan else { return wrongs }
        if event.flags.contains(.outOfOrder) {
            if event.flags.contains(.scheduled) {
                tally.overtaken += 1
            } else {
                wrongs.append((.outOfOrder, "stands behind a later event of its aggregate"))
            }
        }
        if event.flags.contains(.discarded) {
            tally.discarded += 1
        } else if !event.flags.contains(.inOutbox) {
            if isExpired(event, judgement, rows) {
                tally.expiredRows += 1
            } else {
                wrongs.append((.unknown, "the outbox has no such event"))
            }
        } else if !event.flags.contains(.settled), event.timestamp < judgement.now - judgement.grace {
            let seconds = (judgement.now - event.timestamp) / 1000
            wrongs.append((.early, "on the topic for \(seconds) s, and still not settled"))
        }
        return wrongs
    }

    private mutating func judgeAbsence(
        _ event: EventEntry, _ judgement: Judgement
    ) -> [(Violation, String)] {
        guard event.flags.contains(.inOutbox) else {
            // Only the inbox knows it.
            if judgement.readsWholeTopics, judgement.consumer?.readsNothingElse ?? false {
                return [(.neverPublished, "in the inbox, and neither on a topic nor in the outbox")]
            }
            return []
        }
        guard event.flags.contains(.inSpan) else { return [] }
        let topic = Int(~event.place)
        let horizon = judgement.topicHorizons.indices.contains(topic) ? judgement.topicHorizons[topic] : .min
        guard horizon == .min || horizon != .max && event.timestamp >= horizon + judgement.clockSkew else {
            if event.flags.contains(.settled) { tally.expiredRecords += 1 }
            return []
        }
        var wrongs: [(Violation, String)] = []
        if event.flags.contains(.settled) { wrongs.append((.missing, "settled, and not on its topic")) }
        if event.flags.contains(.applied) { wrongs.append((.neverPublished, "in the inbox, and not on its topic")) }
        return wrongs
    }

    /// Whether retention may have deleted the row of a settled event.
    private func isExpired(_ event: EventEntry, _ judgement: Judgement, _ rows: SettledRows) -> Bool {
        guard case .keep(let age) = judgement.retention, rows.count > 0 else { return true }
        // Retention may be shorter than was said: what is left tells how far it has come.
        return event.timestamp < judgement.now - age + judgement.clockSkew || event.timestamp < rows.oldestPublishedAt
            || event.sequence != 0 && event.sequence < rows.lowestSequence
    }
}
