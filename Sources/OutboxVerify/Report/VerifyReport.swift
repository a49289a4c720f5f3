package import FoundationEssentials
import LibRDKafka

/// What a verification came to.
package struct VerifyReport: Sendable, Codable {
    /// The span that was verified; missing bounds are open.
    package struct Span: Sendable, Codable {
        package var since: Date?
        package var until: Date?
    }

    package var span: Span
    /// The consumer whose inbox was compared, if one was.
    package var consumer: String?
    /// In how many passes the aggregates were compared.
    package var passes = 1
    /// What was counted that is no violation.
    package var counts = Tally()
    /// How many violations there are of each kind, kinds without any among them.
    package var violations: [Violation: Int]
    /// The first violations of each kind.
    package var findings: [Finding] = []
    /// What could not be judged, and why.
    package var notes: [String] = []
    /// Whether there are no violations.
    package var isFine = true

    init(_ configuration: VerifyConfiguration) {
        span = Span(since: configuration.since, until: configuration.until)
        consumer = configuration.consumer
        violations = Dictionary(
            uniqueKeysWithValues: Violation.allCases.filter {
                switch $0 {
                case .notApplied, .neverPublished: configuration.consumer != nil
                case .duplicated: configuration.isStrict
                default: true
                }
            }.map { ($0, 0) })
    }

    /// Adds what a pass found.
    mutating func add(_ outcome: Pass.Outcome, limit: Int) {
        counts.add(outcome.verdict.tally)
        for (kind, count) in outcome.verdict.violations { violations[kind, default: 0] += count }
        isFine = violations.values.allSatisfy { $0 == 0 }
        for var finding in outcome.verdict.findings {
            guard findings.count(where: { $0.kind == finding.kind }) < limit else { continue }
            if let place = finding.partition.map(Int.init), outcome.partitions.indices.contains(place) {
                finding.topic = outcome.partitions[place].topic
                finding.partition = outcome.partitions[place].partition
            }
            findings.append(finding)
        }
    }

    /// Says what could not be judged.
    mutating func explain(_ outcomes: [Pass.Outcome], _ configuration: VerifyConfiguration) {
        if configuration.retention == .none {
            notes.append("the dispatchers delete rows when they are settled: only order and the inbox were compared")
        } else if outcomes.allSatisfy({ $0.settledRows == 0 }) {
            notes.append("the outbox holds no settled rows: only order and the inbox were compared")
        }
        let cut = outcomes.reduce(into: Set<String>()) { $0.formUnion($1.cutTopics) }.sorted()
        if !cut.isEmpty {
            notes.append(
                "the retention of \(cut.joined(separator: ", ")) has deleted records: older events are not missed")
        }
        if consumer != nil, !outcomes.allSatisfy(\.judgesStrangers) {
            notes.append(
                "events that only the inbox knows were not looked for: that needs one pass (--memory), all aggregate "
                    + "types, whole topics, and a consumer that reads no others")
        }
        if counts.unasked > 0 {
            notes.append("\(counts.unasked) events are of types none of which is in the inbox: taken for not asked for")
        }
    }
}
