import Outbox
import OutboxCommandLine

extension DispatchFacts {
    /// How old a due event may get while dispatchers live.
    static let patienceSeconds: Double = 60

    /// What is wrong with the shares, whatever waits.
    package var troubles: [Finding] { findings(events: nil).filter { $0.severity != .ok } }

    func findings(events: EventsFacts?) -> [Finding] {
        let alive = shares.dispatchers.filter(\.isAlive)
        var findings: [Finding] = []
        if shares.takers.isEmpty { findings.append(nobody(events: events)) }
        findings += disagreements()
        if !shares.takers.isEmpty, !shares.unowned.isEmpty {
            findings.append(
                Finding(
                    .lanesWithoutOwner, .dispatch, .warning,
                    "\(Readable.count(shares.unowned.count, "lane")) of \(shares.count) have no owner",
                    why: "Their events wait until a dispatcher takes them, which is a matter of seconds.",
                    commands: ["outbox lanes list", "outbox lanes rebalance --wait"]))
        }
        if !shares.takers.isEmpty, let events, events.oldestSeconds > Self.patienceSeconds, events.pending > 0 {
            let reason = events.types.compactMap(\.waitsFor).first.map { ": \($0)" } ?? ""
            findings.append(
                Finding(
                    .eventsWait, .dispatch, .warning,
                    "dispatchers live, and yet an event has been due for \(Readable.seconds(events.oldestSeconds))"
                        + reason,
                    why: "Either there is more to do than they can, or what they wait for gives no progress.",
                    advice: "see the troubles of broker and topics above, and /readyz of the dispatchers",
                    commands: ["outbox status"], seeAlso: [.brokerDown, .topicMissing]))
        }
        if findings.isEmpty {
            findings.append(
                Finding(
                    .dispatchers, .dispatch, .ok,
                    "all \(shares.count) lanes are owned, by \(Readable.count(alive.count, "dispatcher"))"))
        }
        return findings
    }

    private func nobody(events: EventsFacts?) -> Finding {
        let drained = shares.dispatchers.filter { $0.state == .drained }.map(\.instance)
        let waiting = events.map { $0.pending > 0 } ?? false
        let age = events.map { ", the oldest for \(Readable.seconds($0.oldestSeconds))" } ?? ""
        return Finding(
            .nobodyDispatches, .dispatch, waiting ? .error : .warning,
            "no dispatcher takes lanes" + (waiting ? ", and events wait\(age)" : ""),
            why: "Events stay in the outbox until one does.",
            advice: drained.isEmpty ? nil : "or let a drained one take its share again",
            commands: ["outbox dispatch"] + drained.map { "outbox lanes drain \($0) --undo --as \"$USER\"" })
    }

    private func disagreements() -> [Finding] {
        var findings: [Finding] = []
        if Set(lanes.values).count > 1 {
            let list = lanes.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
            findings.append(
                Finding(
                    .lanesDiffer, .dispatch, .error,
                    "the dispatchers do not work with the same number of lanes: \(list)",
                    why: "An aggregate then has two lanes, and may be claimed by two dispatchers at once: duplicates.",
                    advice: "set OUTBOX_DISPATCH_LANES to one number everywhere, and restart those that have another"))
        }
        for dispatcher in unlisted {
            findings.append(
                Finding(
                    .oldSchema, .dispatch, .warning,
                    "\(dispatcher.instance) holds \(Readable.count(dispatcher.lanes.count, "lane")) and is not listed"
                        + " among the dispatchers",
                    why: "It is stopping; or, if that lasts, it is of a version for an older schema, and shares are not"
                        + " fair.",
                    advice: "if it stays, stop it and start it in this version", commands: ["outbox lanes list"]))
        }
        return findings
    }
}
