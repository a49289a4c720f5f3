import OutboxCommandLine
import OutboxDoctor

/// A check-up's findings, for people.
struct DoctorText {
    private let report: DoctorReport
    private let isPlain: Bool

    /// - Parameter isPlain: ASCII only.
    init(_ report: DoctorReport, isPlain: Bool) {
        self.report = report
        self.isPlain = isPlain
    }

    var text: String {
        let groups = Finding.Group.allCases.compactMap { group -> String? in
            let findings = report.findings.filter { $0.group == group }
            return findings.isEmpty ? nil : ([group.rawValue] + findings.map(entry)).joined(separator: "\n")
        }
        return (groups + [summary]).joined(separator: "\n\n")
    }

    private func entry(_ finding: Finding) -> String {
        let isTrouble = finding.severity != .ok
        var lines = [
            "  \(mark(finding.severity)) " + (isTrouble ? "\(finding.id.rawValue): " : "") + shown(finding.seen)
        ]
        if !finding.why.isEmpty { lines.append("      \(finding.why)") }
        if let advice = finding.advice { lines.append("      \(isPlain ? "->" : "→") \(shown(advice))") }
        lines += finding.commands.map { "      $ \(shown($0))" }
        if !finding.seeAlso.isEmpty {
            lines.append("      or it is: \(finding.seeAlso.map(\.rawValue).joined(separator: ", "))")
        }
        return lines.joined(separator: "\n")
    }

    private func mark(_ severity: Finding.Severity) -> String {
        switch severity {
        case .ok: isPlain ? "ok" : "✓"
        case .note: isPlain ? "--" : "·"
        case .warning: isPlain ? "!!" : "!"
        case .error: isPlain ? "XX" : "✗"
        }
    }

    /// What servers and events say may hold anything.
    private func shown(_ text: String) -> String {
        let printable = String(
            text.map { $0.unicodeScalars.contains { $0.properties.generalCategory == .control } ? " " : $0 })
        return isPlain ? printable.replacing("…", with: "...") : printable
    }

    private var summary: String {
        guard report.worst > .note else { return "All is well." }
        let counts = [(report.errors, "error"), (report.warnings, "warning")].filter { $0.0 > 0 }
            .map { Readable.count($0.0, $0.1) }
        return counts.joined(separator: ", ") + ". Each has a section of its name on the documentation's page Troubles."
    }
}
