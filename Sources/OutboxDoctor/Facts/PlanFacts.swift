import LibPQ
import OutboxCommandLine
import OutboxDispatcher

/// How the server would carry out the dispatcher's own claim.
struct PlanFacts: Sendable {
    var lines: [String]

    static func read(_ connection: PQConnection, lanes: Int) async throws -> PlanFacts {
        // The statement is made by a dispatcher's store, which has a pool; nothing is asked through it.
        let unused = PQPool(PQConfiguration(url: ""), maximumConnections: 1)
        var statement = Dispatcher.claimStatement(lanes: lanes, in: unused)
        statement.sql = "EXPLAIN " + statement.sql
        let settings = Dispatcher.sessionSettings.map { "SET LOCAL \($0) = '\($1)'" }.joined(separator: "; ")
        return try await connection.withTransaction(readOnly: true) { [statement] transaction in
            try await transaction.run(script: settings)
            let plan = try await transaction.query(statement)
            return PlanFacts(lines: try plan.rows.map { try $0.decode(0, as: String.self) })
        }
    }

    func finding(schema: SchemaFacts, lanes: Int) -> Finding {
        let scans = lines.filter { $0.contains(" Scan") && $0.contains(" on outbox_events") }
        let isUsed =
            schema.isPartitioned
            ? !scans.contains { $0.contains("Seq Scan") }
            : lines.contains { $0.contains("outbox_events_lane_\(lanes)_idx") }
                && !scans.contains { $0.contains("Seq Scan") }
        if isUsed { return Finding(.index, .schema, .ok, "a dispatcher's claims go by the lanes' index") }
        let seen = scans.first.map { String($0.drop { $0 == " " || $0 == "-" || $0 == ">" }) } ?? "another plan"
        return Finding(
            .laneIndexUnused, .schema, .warning, "a dispatcher's claims do not go by the lanes' index: \(seen)",
            why: "A claim's time then grows with the table.",
            advice: "what else there is, EXPLAIN says; the session's own enable_… settings are not to blame",
            commands: [
                Readable.sql("ANALYZE outbox_events"),
                Readable.sql("REINDEX INDEX CONCURRENTLY outbox_events_lane_\(lanes)_idx"),
            ])
    }
}
