import FoundationEssentials
import OutboxDispatcher
import OutboxDoctor
import OutboxTelemetry

extension Troubles {
    // MARK: Topics

    var topicTroubles: [Finding] {
        dispatcher.topics.map { topic in
            let reason = LogRedaction.redacted(topic.reason)
            let why = "The events of its aggregate type wait, all others go on."
            if topic.reason.contains("have no leader") {
                return Finding(
                    .topicWithoutLeader, .topics, .error, reason, why: why,
                    advice: "start the brokers that are missing", seeAlso: [.brokerDown])
            }
            guard topic.reason.contains("does not exist") else {
                return Finding(
                    .topicMissing, .topics, .error, "the topic \(topic.name) takes no events: \(reason)", why: why,
                    commands: ["outbox doctor"])
            }
            return Finding(
                .topicMissing, .topics, .error, "the topic \(topic.name) does not exist", why: why,
                advice: "with as many partitions as you will want in years",
                commands: ["outbox topics --types \(Self.quoted(topic.aggregateType)) --create --partitions 6"])
        }
    }

    /// For a shell.
    private static func quoted(_ text: String) -> String { "'\(text.replacing("'", with: "'\\''"))'" }

    // MARK: Events

    var eventTroubles: [Finding] {
        let tooLarge = held.filter(\.isTooLarge)
        let poisoned = held.filter { !$0.isTooLarge }
        var findings: [Finding] = []
        if let first = tooLarge.first(where: \.parked) ?? tooLarge.first {
            findings.append(
                Finding(
                    .topicTooSmall, .topics, first.parked ? .error : .warning,
                    "an event of \(first.name) is larger than its topic takes: \(first.reason ?? "")",
                    why: Finding.laterEventsWait, advice: "raise the topic's max.message.bytes, then retry",
                    commands: [
                        "outbox topics --types \(Self.quoted(first.aggregateType)) --alter --config"
                            + " max.message.bytes=4194304"
                    ]))
        }
        if let first = poisoned.first(where: \.parked) ?? poisoned.first {
            findings.append(first.parked ? parked(first, of: poisoned) : failed(first, of: poisoned))
        }
        return findings
    }

    private func parked(_ first: HeldSection.Row, of rows: [HeldSection.Row]) -> Finding {
        let count = max(parkedCount, 1)
        return .eventsParked(
            (count == 1 ? "1 event is parked: " : "\(count) events are parked; the newest: ") + first.told,
            commands: ["outbox parked show \(first.eventID.uuidString.lowercased())"])
    }

    private func failed(_ first: HeldSection.Row, of rows: [HeldSection.Row]) -> Finding {
        let count = max(heldCount - parkedCount, rows.count)
        return .eventsFailed(
            (count == 1 ? "1 event failed and will be tried again: " : "\(count) events failed; the newest: ")
                + first.told,
            commands: ["outbox holds list"])
    }

    // MARK: Dead letters

    var deadLetterTroubles: [Finding] {
        guard let first = deadLetters.first(where: \.dead) else { return [] }
        let count = deadLetters.count { $0.dead }
        return [
            Finding(
                .deadLetters, .consumers, .error,
                "\(count) \(count == 1 ? "aggregate" : "aggregates") with a dead letter; \(first.aggregateType):"
                    + "\(first.aggregateID): \(first.reason)",
                why: "The aggregate's later events wait; all other aggregates go on.",
                advice: "mend the cause, then redrive; discard gives the event up",
                commands: ["outbox dead-letters list"])
        ]
    }
}

extension HeldSection.Row {
    fileprivate var name: String { "\(aggregateType):\(aggregateID)" }
    fileprivate var told: String { "\(name), \(reason ?? "no reason is known")" }
}
