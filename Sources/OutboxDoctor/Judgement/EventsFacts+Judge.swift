import FoundationEssentials
import OutboxCommandLine

extension EventsFacts {
    func findings() -> [Finding] {
        var findings: [Finding] = []
        if parked > 0, let first = firstParked {
            let id = first.eventID.uuidString.lowercased()
            findings.append(
                .eventsParked(
                    "\(Readable.count(parked, "event")) parked after \(first.attempts) attempts; the first, of"
                        + " \(first.aggregate): \(first.reason)",
                    commands: [
                        "outbox parked show \(id)", "outbox parked retry \(id) --as \"$USER\" --reason 'cause mended'",
                    ]))
        }
        if held > 0, let first = firstHeld {
            findings.append(
                .eventsFailed(
                    "\(Readable.count(held, "event")) failed and will be tried again; the first, of"
                        + " \(first.aggregate): \(first.reason)",
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
