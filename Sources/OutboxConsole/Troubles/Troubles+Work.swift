import OutboxDispatcher
import OutboxDoctor

extension Troubles {
    var laneTroubles: [Finding] {
        var findings: [Finding] = []
        if health?.isStuck == true {
            findings.append(
                Finding(
                    .eventsWait, .dispatch, .error, "this dispatcher's loop has not moved for a minute",
                    why: "No outage explains that.", advice: "restart it; its lanes are taken over meanwhile"))
        }
        // Without the database, leases end because nobody can renew them.
        if dispatcher.database == nil { findings += shares }
        return findings
    }
}

extension ConsumerWatch {
    /// What is wrong with the groups.
    func findings(now: ContinuousClock.Instant) -> [Finding] {
        let advice =
            "start its process again, and see its log for why it ended; of the reference services: workforce consume"
        let late = Set(stopped(now: now))
        return groups.compactMap { group in
            guard group.lag > 0 else { return nil }
            let records = group.lag == 1 ? "1 record" : "\(group.lag) records"
            if !group.hasMembers {
                return Finding(
                    .consumerStopped, .consumers, .error,
                    "the group \(group.name) has no members, and is \(records) behind",
                    why: "Its read model stands still, and answers get old.", advice: advice)
            }
            guard late.contains(group.name) else { return nil }
            return Finding(
                .consumerStopped, .consumers, .error,
                "the group \(group.name) has members, and has read nothing for a while; it is \(records) behind",
                why: "Its read model stands still, and answers get old.",
                advice: "see its log for what it waits for: its database, or a dead letter", seeAlso: [.deadLetters])
        }
    }
}
