import LibRDKafka
import OutboxCommandLine

extension ConsumerFacts {
    /// From here on, consumers are said to be behind.
    static let muchLag: Int64 = 10_000

    func findings() -> [Finding] {
        var findings: [Finding] = []
        let start =
            "start its process again, and see its log for why it ended; of the reference services: workforce consume"
        switch state {
        case nil, .dead?:
            findings.append(
                Finding(
                    .consumerStopped, .consumers, .error,
                    "there is no group \(group)" + (lag > 0 ? ", and \(Readable.count(lag, "record")) to be read" : ""),
                    why: "Nobody has read the topics under this name.", advice: start))
        case .empty?:
            findings.append(
                Finding(
                    .consumerStopped, .consumers, lag > 0 ? .error : .warning,
                    "the group \(group) has no members, and is \(Readable.count(lag, "record")) behind",
                    why: "Its read model stands still, and answers get old.", advice: start))
        default: break
        }
        if lost > 0 {
            findings.append(
                Finding(
                    .consumerBehind, .consumers, .error,
                    "\(Readable.count(lost, "record")) were deleted from the topics before \(group) had read them",
                    why: "Its read model lacks their effects.",
                    advice: "replay what the outbox still has, or rebuild from elsewhere; then raise retention.ms",
                    commands: ["outbox replay --since 7d"], seeAlso: [.topicRetention]))
        } else if isNearRetention {
            findings.append(
                Finding(
                    .consumerBehind, .consumers, .error,
                    "\(group) has not read yet what was written half of a topic's retention ago",
                    why: "What it has not read is deleted when it is old enough.",
                    advice: "start more members, up to the number of partitions; or raise retention.ms for now",
                    seeAlso: [.topicRetention]))
        } else if findings.isEmpty, lag >= Self.muchLag {
            findings.append(
                Finding(
                    .consumerBehind, .consumers, .warning, "\(group) is \(lag) records behind",
                    why: "Answers are as old as what it has not read.",
                    advice: "if it does not shrink, start more members, up to the number of partitions",
                    commands: ["outbox status --consumer-groups \(Readable.quoted(group))"]))
        }
        if findings.isEmpty {
            findings.append(
                Finding(.consumers, .consumers, .ok, "\(group) is \(Readable.count(lag, "record")) behind the topics"))
        }
        return findings
    }
}
