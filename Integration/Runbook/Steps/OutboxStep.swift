import OutboxCommandLine
import Servers

/// O3: each command has left its events in the outbox, and they are published.
struct OutboxStep: Step {
    let name = "O3"
    let title = "Every request's events are in the outbox, and published"

    func take(_ result: inout StepResult, in run: Run) async throws {
        guard let system = run.system else { return }
        var rows: [OutboxRow] = []
        do {
            try await eventually(within: run.wait, "all events are published") {
                rows = try await OutboxRow.read(system.outbox, behind: run.lastSequence, tenant: run.tenant)
                return rows.allSatisfy(\.isPublished)
            }
            result.check("all \(rows.count) events are published", !rows.isEmpty)
        } catch let error as ServerError {
            result.check("all \(rows.count) events are published: \(error)", false)
        }
        check(&result, rows, run.exchanges)
        try result.keep("O3-outbox-events.txt", evidence(rows, run), in: run)
    }

    private func check(_ result: inout StepResult, _ rows: [OutboxRow], _ exchanges: [Exchange]) {
        let found = Dictionary(grouping: rows) { $0.requestID ?? "" }.mapValues { $0.map(\.eventType).sorted() }
        let wrong = exchanges.filter { exchange in
            found[exchange.requestID ?? "", default: []] != (exchange.scenario.events ?? []).sorted()
        }
        let writing = exchanges.filter { !($0.scenario.events ?? []).isEmpty }.count
        result.check(
            "each of \(writing) requests has left its events, and each of \(exchanges.count - writing) others none",
            wrong.isEmpty)
        for exchange in wrong {
            let types = found[exchange.requestID ?? "", default: []]
            result.check(
                "\(exchange.requestID ?? "")  \(exchange.scenario.name): \(exchange.scenario.events ?? []); but there "
                    + "are \(types)", false)
        }
        let known = Set(exchanges.compactMap(\.requestID))
        result.check("no event is of another request", rows.allSatisfy { known.contains($0.requestID ?? "") })
    }

    private func evidence(_ rows: [OutboxRow], _ run: Run) -> String {
        var table = TextTable(OutboxRow.columns.map { .init($0) } + [.init("request")])
        let names = Dictionary(
            run.exchanges.map { ($0.requestID ?? "", $0.scenario.name) }, uniquingKeysWith: { first, _ in first })
        for row in rows { table.add(row.cells + [names[row.requestID ?? ""] ?? ""]) }
        let silent = run.exchanges.filter { ($0.scenario.events ?? []).isEmpty }
            .map { "\($0.requestID ?? "(no id)")  \($0.scenario.name): \($0.answer.status)" }
        return """
            SELECT \(OutboxRow.columns.dropLast().joined(separator: ", ")), payload ->> 'requestId' AS request_id
            FROM outbox_events WHERE id > \(run.lastSequence) AND payload ->> 'tenantId' = '\(run.tenant)' ORDER BY id;

            \(table.text)

            Requests without events:
            \(silent.joined(separator: "\n"))
            """
    }
}
