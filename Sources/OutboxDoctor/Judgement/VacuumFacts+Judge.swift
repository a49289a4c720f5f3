import OutboxCommandLine

extension VacuumFacts {
    func findings(schema: SchemaFacts) -> [Finding] {
        var findings: [Finding] = []
        let share = live + dead > 0 ? Double(dead) / Double(live + dead) : 0
        let size = "table \(Readable.bytes(tableBytes)), indexes \(Readable.bytes(indexBytes))"
        if dead >= 100_000, share > 0.5 {
            let last = sinceVacuumSeconds.map { "the last vacuum was \(Readable.seconds($0)) ago" } ?? "never vacuumed"
            findings.append(
                Finding(
                    .deadRows, .database, .warning,
                    "\(Int(share * 100)) of 100 rows are dead (\(dead)); \(size); \(last)",
                    why: "Claims read past dead rows at each lane's head.",
                    advice: "see first whether something holds vacuum back",
                    commands: [Readable.sql("VACUUM (ANALYZE) outbox_events")], seeAlso: [.longTransaction]))
        }
        if !isAutovacuumOn {
            let setting = schema.isPartitioned ? "autovacuum" : "autovacuum of outbox_events"
            findings.append(
                Finding(
                    .deadRows, .database, .warning, "\(setting) is off",
                    why: "Every event leaves dead rows behind, and nothing removes them.",
                    advice: "switch autovacuum on in postgresql.conf, if it is off there",
                    commands: [Readable.sql("ALTER TABLE outbox_events RESET (autovacuum_enabled)")]))
        }
        return findings.isEmpty
            ? [Finding(.vacuum, .database, .ok, "vacuum keeps up: \(dead) dead rows; \(size)")] : findings
    }
}
