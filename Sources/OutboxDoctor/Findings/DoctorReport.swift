/// All that a check-up found.
package struct DoctorReport: Sendable, Encodable {
    /// Group by group, and within a group in the order of the checks.
    package let findings: [Finding]
    package let errors: Int
    package let warnings: Int
    /// The worst of the findings' severities.
    package let worst: Finding.Severity

    package init(_ findings: [Finding]) {
        self.findings = Finding.Group.allCases.flatMap { group in findings.filter { $0.group == group } }
        errors = findings.count { $0.severity == .error }
        warnings = findings.count { $0.severity == .warning }
        worst = findings.map(\.severity).max() ?? .ok
    }

    /// Whether a server that is needed could not be used at all.
    package var lacksServer: Bool {
        let ids: Set<FindingID> = [
            .databaseDown, .brokerDown, .wrongPort, .hostUnknown, .loginRefused, .databaseMissing, .tls,
            .connectionsUsedUp,
        ]
        return findings.contains { $0.severity == .error && ids.contains($0.id) }
    }
}
