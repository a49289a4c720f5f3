import OutboxCommandLine

extension SessionsFacts {
    /// How old a transaction may get before it is worth a word.
    static let longSeconds: Double = 300
    /// How much log a slot may keep.
    static let muchLog: Int64 = 1 << 30

    func findings(role: String) -> [Finding] {
        let why = "Vacuum can't remove rows that were settled since, and claims get slower by the minute."
        var findings = transactions.filter { $0.seconds >= Self.longSeconds }.map { transaction in
            Finding(
                .longTransaction, .database, .warning,
                "a transaction of \(transaction.role) has been open for \(Readable.seconds(transaction.seconds))"
                    + " (process \(transaction.processID)"
                    + (transaction.application.isEmpty ? "" : ", \(transaction.application)")
                    + (transaction.isIdle ? ", idle)" : ")"),
                why: why, advice: "let its program end it; or end it from here, which rolls it back",
                commands: [Readable.sql("SELECT pg_terminate_backend(\(transaction.processID))")])
        }
        findings += prepared.filter { $0.seconds >= Self.longSeconds }.map { transaction in
            Finding(
                .longTransaction, .database, .warning,
                "the prepared transaction \(transaction.name) has waited for \(Readable.seconds(transaction.seconds))",
                why: why, advice: "let its transaction manager decide; or, if it is forgotten",
                commands: [Readable.sql("ROLLBACK PREPARED \(Self.literal(transaction.name))")])
        }
        findings += slots.filter { !$0.isActive && ($0.holdsBackRows || $0.keptBytes >= Self.muchLog) }.map { slot in
            Finding(
                .replicationSlot, .database, .warning,
                "nobody reads the replication slot \(slot.name), which keeps \(Readable.bytes(slot.keptBytes)) of log"
                    + (slot.holdsBackRows ? " and holds vacuum back" : ""),
                why: "It fills the disk and keeps dead rows.", advice: "start its reader; or, if it is forgotten",
                commands: [Readable.sql("SELECT pg_drop_replication_slot(\(Self.literal(slot.name)))")])
        }
        if hidden > 0 {
            findings.append(
                Finding(
                    .notAllowedToLook, .database, .note,
                    "\(Readable.count(hidden, "session")) of other roles can't be looked into",
                    why: "A long transaction among them would not be seen.",
                    commands: [Readable.sql("GRANT pg_read_all_stats TO \(SchemaFacts.name(role))")]))
        }
        if findings.allSatisfy({ $0.severity == .note }) {
            findings.append(Finding(.sessions, .database, .ok, "no transaction or replication slot holds vacuum back"))
        }
        return findings
    }

    private static func literal(_ text: String) -> String { "'\(text.replacing("'", with: "''"))'" }
}
