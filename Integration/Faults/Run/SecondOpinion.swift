import Foundation
import Servers

/// `outbox verify` at the end of a run: what users have must say the same as the checker.
struct SecondOpinion {
    let scene: Scene

    /// What of its report is compared.
    private struct Report: Decodable {
        struct Finding: Decodable {
            let kind, detail: String
            let eventID: UUID?
            let topic: String?
            let offset: Int64?
        }

        let counts, violations: [String: Int]
        let findings: [Finding]
    }

    /// - Returns: what it says; nil when it could say nothing, which is a complaint.
    func ask(besides checker: Checker) async throws -> VerifyVerdict? {
        let (status, output, errors) = try await scene.world.run(
            scene.world.programs.outbox, ["verify", "--consumer", RunSettings.group, "--json"])
        guard let report = try? JSONDecoder().decode(Report.self, from: Data(output.utf8)) else {
            scene.complaints.add("outbox verify came to no verdict", "\(status): \(errors)")
            return nil
        }
        var verdict = VerifyVerdict(
            counts: report.counts, violations: report.violations, foreign: checker.evidence.foreignKeys.count)
        verdict.disagreements = Self.disagreements(verdict, checker)
        for disagreement in verdict.disagreements {
            scene.complaints.add("outbox verify and the checker disagree", disagreement)
        }
        if !verdict.disagreements.isEmpty {
            for finding in report.findings {
                let id = finding.eventID?.uuidString ?? ""
                let place = "\(finding.topic ?? "")@\(finding.offset ?? -1)"
                scene.complaints.add("outbox verify finds", "\(finding.kind) \(id) \(place): \(finding.detail)")
            }
        }
        let isClean = report.violations.values.allSatisfy { $0 == 0 }
        if status != .exited(isClean ? 0 : 1) {
            scene.complaints.add("outbox verify's exit status is not its verdict", "\(status)")
        }
        return verdict
    }

    private static func disagreements(_ verdict: VerifyVerdict, _ checker: Checker) -> [String] {
        let found = verdict.found
        let numbers = Dictionary(
            checker.violations.map { ($0.check, $0.count) }, uniquingKeysWith: { first, _ in first })
        func checked(_ checks: String...) -> Int { checks.reduce(0) { $0 + (numbers[$1] ?? 0) } }
        let lost = checked(Checker.Names.lostOnTopic)
        // An event is judged as not applied only where it is on its topic.
        let notApplied = max(0, checked(Checker.Names.lostInReadModel) - lost)
        // Where there is anything wrong, the two may count differently.
        var lines: [String] = []
        for (kind, number) in [
            ("missing", lost), ("outOfOrder", checked(Checker.Names.reorderedOnTopic)),
            ("unknown", checked(Checker.Names.phantomsOnTopic, Checker.Names.rolledBackOnTopic)),
            ("wrongContent", checked(Checker.Names.altered)), ("notApplied", notApplied), ("early", 0),
            ("neverPublished", 0),
        ] where (found[kind] ?? 0 != 0) != (number != 0) {
            lines.append("\(kind): \(found[kind] ?? 0), the checker finds \(number)")
        }
        let evidence = checker.evidence
        // The inbox knows what was given up too, so that it is not applied when it comes again.
        let applied = Set(evidence.applied.map(\.eventID)).union(evidence.unapplied)
        for (name, number) in [
            ("records", evidence.records.count), ("duplicates", checker.duplicates.count),
            ("applied", applied.count), ("pending", 0), ("scheduled", 0), ("held", 0),
            ("parked", 0), ("lagging", 0), ("unasked", 0), ("beforeInbox", 0),
        ] where verdict.counts[name] ?? 0 != number {
            lines.append("\(name): \(verdict.counts[name] ?? 0), the checker counts \(number)")
        }
        return lines
    }
}
