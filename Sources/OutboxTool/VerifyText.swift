import FoundationEssentials
import Outbox
import OutboxCommandLine
import OutboxVerify

/// A verification's report, for people.
struct VerifyText {
    private let report: VerifyReport
    private let limit: Int

    init(_ report: VerifyReport, limit: Int) {
        self.report = report
        self.limit = limit
    }

    var text: String {
        var parts = [counts, violations]
        if !report.findings.isEmpty { parts.append(findings) }
        if !report.notes.isEmpty { parts.append(report.notes.map { "note: \($0)" }.joined(separator: "\n")) }
        let total = report.violations.values.reduce(0, +)
        parts.append(report.isFine ? "All is well." : "\(Readable.count(total, "violation")).")
        return parts.joined(separator: "\n\n")
    }

    private var counts: String {
        let counts = report.counts
        var lines = [
            line(
                "outbox",
                [
                    (counts.settled, "settled"), (counts.pending, "pending"), (counts.scheduled, "scheduled"),
                    (counts.held, "held"), (counts.parked, "parked"),
                ], always: 2),
            line(
                "topics",
                [
                    (counts.records, "records"), (counts.duplicates, "duplicates"), (counts.replays, "replays"),
                    (counts.expiredRows, "with rows deleted by retention"), (counts.discarded, "discarded afterwards"),
                    (counts.overtaken, "overtaken, being scheduled"),
                    (counts.expiredRecords, "expired from the topics"),
                ], always: 2),
        ]
        if let consumer = report.consumer {
            lines.append(
                line(
                    consumer,
                    [
                        (counts.applied, "applied"), (counts.lagging, "not reached yet"),
                        (counts.setAside, "held or dead letters"), (counts.beforeInbox, "before the inbox begins"),
                        (counts.unasked, "not asked for"),
                    ], always: 2))
        }
        return lines.joined(separator: "\n")
    }

    private func line(_ title: String, _ counts: [(Int, String)], always: Int) -> String {
        let shown = counts.enumerated().filter { $0.offset < always || $0.element.0 > 0 }
        return "\(title): " + shown.map { "\($0.element.0) \($0.element.1)" }.joined(separator: ", ")
    }

    private var violations: String {
        var table = TextTable([.init("violation"), .init("events", .right), .init("meaning")])
        for kind in Violation.allCases {
            guard let count = report.violations[kind] else { continue }
            table.add([kind.rawValue, "\(count)", kind.meaning])
        }
        return table.text
    }

    private var findings: String {
        var table = TextTable([
            .init("violation"), .init("event id"), .init("sequence", .right), .init("aggregate", maximumWidth: 50),
            .init("record", maximumWidth: 80), .init("detail", maximumWidth: 100),
        ])
        for finding in report.findings {
            var record = finding.topic.map { "\($0)[\(finding.partition ?? 0)]" } ?? ""
            if let offset = finding.offset { record += "@\(offset)" }
            table.add([
                finding.kind.rawValue, finding.eventID.map { $0.uuidString.lowercased() } ?? "",
                finding.sequence.map { "\($0)" } ?? "", finding.aggregate ?? "", record, finding.detail,
            ])
        }
        let isCut = report.violations.values.contains { $0 > limit }
        return table.text + (isCut ? "\nOnly the first \(limit) of each kind are listed; see --limit." : "")
    }
}

extension Violation {
    fileprivate var meaning: String {
        switch self {
        case .missing: "settled in the outbox, and not on its topic"
        case .outOfOrder: "on the topic behind a later event of its aggregate"
        case .early: "on the topic for long, and still not settled"
        case .unknown: "on the topic, and not in the outbox"
        case .wrongContent: "its record is not what its row says"
        case .notApplied: "passed by the consumer, and not in its inbox"
        case .neverPublished: "in the inbox, and not on the topic"
        case .duplicated: "on the topic more than once"
        }
    }
}
