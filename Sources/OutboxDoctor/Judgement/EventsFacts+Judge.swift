import FoundationEssentials
import OutboxCommandLine

extension EventsFacts {
    func findings() -> [Finding] {
        let why = "The later events of its aggregate wait behind it; all other aggregates go on."
        var findings: [Finding] = []
        if parked > 0, let first = firstParked {
            let id = first.eventID.uuidString.lowercased()
            findings.append(
                Finding(
                    .poisonedEvent, .dispatch, .error,
                    "\(Readable.count(parked, "event")) parked after \(first.attempts) attempts; the first, of"
                        + " \(first.aggregate): \(first.reason)",
                    why: why, advice: "mend the cause, then retry; discard gives the event up",
                    commands: [
                        "outbox parked show \(id)", "outbox parked retry \(id) --as \"$USER\" --reason 'cause mended'",
                    ]))
        }
        if held > 0, let first = firstHeld {
            findings.append(
                Finding(
                    .poisonedEvent, .dispatch, .warning,
                    "\(Readable.count(held, "event")) failed and will be tried again; the first, of"
                        + " \(first.aggregate): \(first.reason)",
                    why: why, advice: "mend the cause; the next try is then a success, or made now",
                    commands: [
                        "outbox holds list", "outbox holds release --all --as \"$USER\" --reason 'cause mended'",
                    ]))
        }
        if findings.isEmpty {
            findings.append(
                Finding(
                    .events, .dispatch, .ok,
                    "\(Readable.count(pending, "event")) due\(isPartial ? " at least" : ""), none failed"))
        }
        return findings
    }
}
