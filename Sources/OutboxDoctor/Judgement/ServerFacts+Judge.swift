import OutboxCommandLine

extension ServerFacts {
    static let oldestVersion = 140_000

    func findings(in group: Finding.Group) -> [Finding] {
        var findings = [
            Finding(
                .database, group, .ok,
                "PostgreSQL \(versionText) answers: database \(database), role \(role)"
                    + (isPooled ? ", through a pooler" : ""))
        ]
        if version < Self.oldestVersion {
            findings.append(
                Finding(
                    .serverTooOld, group, .error, "the server is PostgreSQL \(versionText)",
                    why: "The outbox's functions need PostgreSQL 14.", advice: "upgrade the server"))
        }
        if isStandby || isReadOnly {
            findings.append(
                Finding(
                    .readOnlyServer, group, .error,
                    isStandby ? "the server is a standby" : "sessions are read-only (default_transaction_read_only)",
                    why: "Neither writers nor dispatchers can write here.",
                    advice: "name the primary in the URL; of several hosts, target_session_attrs=read-write picks it"))
        }
        findings.append(clock(in: group))
        return findings
    }

    private func clock(in group: Finding.Group) -> Finding {
        let difference = max(0, abs(clockAheadSeconds) - clockErrorSeconds)
        let text =
            "the database's clock is \(Readable.seconds(difference)) "
            + (clockAheadSeconds > 0 ? "ahead of" : "behind") + " this machine's"
        let why =
            "Ages, delays and `outbox verify` mislead; brokers refuse records from an hour ahead. "
            + "Order and delivery do not depend on clocks."
        switch difference {
        case ..<1: return Finding(.clock, group, .ok, "the clocks of database and this machine agree")
        case ..<10: return Finding(.clockDiffers, group, .note, text, why: why, commands: ["timedatectl"])
        default:
            return Finding(
                .clockDiffers, group, .warning, text, why: why, advice: "let both machines follow NTP",
                commands: ["timedatectl set-ntp true"])
        }
    }
}
