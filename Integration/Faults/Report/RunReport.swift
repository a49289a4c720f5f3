import Foundation
import OutboxCommandLine

/// What came of a run.
struct RunReport: Sendable, Codable {
    let seed: UInt64
    /// From the first event until all had arrived.
    let seconds: Double
    let brokers, dispatchers, consumers, writers: Int
    let leaseSeconds: Double
    let events, transactions, rolledBack, uncertain, records, duplicates: Int
    let restarts: [String: Int]
    let faults: [FaultFigures]
    /// Every fault by itself.
    let strikes: [Strike]
    /// Kinds that could not be had, and why.
    let skipped: [String: String]
    /// What `outbox verify` says; nil when it said nothing.
    let verify: VerifyVerdict?
    let violations: [Violation]

    var isGood: Bool { violations.isEmpty }

    /// For people.
    var text: String {
        var table = TextTable([
            .init("fault"), .init("times", .right), .init("duplicates", .right), .init("per fault", .right),
            .init("topic stall", .right), .init("after healing", .right), .init("read model", .right),
            .init("after healing", .right), .init("longest wait", .right), .init("recovered", .right),
        ])
        for kind in faults {
            table.add([
                kind.kind.rawValue, "\(kind.count)", "\(kind.duplicates)",
                String(format: "%.1f", Double(kind.duplicates) / Double(max(1, kind.count))),
                Self.seconds(kind.topicStall), Self.seconds(kind.topicAfterHealing), Self.seconds(kind.readModelStall),
                Self.seconds(kind.readModelAfterHealing), Self.seconds(kind.longestWait),
                kind.recoveredPerSecond > 0 ? "\(Int(kind.recoveredPerSecond))/s" : "",
            ])
        }
        let omissions = skipped.sorted { $0.key < $1.key }.map { "– skipped: \($0.key) (\($0.value))" }
        let starts = restarts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        let summary = """
            seed \(seed), \(Int(seconds)) s, \(brokers) broker(s), lease \(Int(leaseSeconds)) s
            \(events) events committed in \(transactions) transactions; \(rolledBack) events rolled back, \
            \(uncertain) commits without an answer
            \(records) records on the topics, \(duplicates) of them duplicates
            starts: \(starts)
            """
        let verdict =
            isGood ? "No violation." : "VIOLATIONS\n" + violations.map(\.description).joined(separator: "\n")
        return
            ([summary, table.text] + (omissions.isEmpty ? [] : [omissions.joined(separator: "\n")])
            + (verify.map { [$0.text] } ?? []) + [verdict])
            .joined(separator: "\n\n")
    }

    private static func seconds(_ value: Double) -> String { String(format: "%.1f s", value) }
}
