import Servers

/// O4: the dispatcher has counted as many events as there are.
struct MetricsStep: Step {
    let name = "O4"
    let title = "The dispatcher's metrics count every event"

    func take(_ result: inout StepResult, in run: Run) async throws {
        guard let system = run.system else { return }
        var written: [String: Double] = [:]
        var counts = run.countsBefore
        do {
            try await eventually(within: run.wait, "the metrics have caught up") {
                written = try await OutboxRow.types(system.outbox, behind: run.lastSequence)
                counts = try await DispatchCounts.read(system.dispatchers)
                return counts.since(run.countsBefore) == (written.values.reduce(0, +), written)
            }
        } catch let error as ServerError where error.code == .timedOut {
            // What differs is said below.
        }
        let counted = counts.since(run.countsBefore)
        let total = written.values.reduce(0, +)
        result.check(
            "outbox_dispatch_success_total has grown by \(counted.success.shown), the number of events, \(total.shown)",
            counted.success == total && total > 0)
        for type in Set(written.keys).union(counted.byType.keys).sorted() {
            let (wanted, found) = (written[type] ?? 0, counted.byType[type] ?? 0)
            result.check(
                "outbox_dispatch_total{result=\"success\",event_type=\"\(type)\"} by \(found.shown), of \(wanted.shown)",
                found == wanted)
        }
        let evidence = zip(system.dispatchers, counts.texts).map { "GET \($0.baseURL)/metrics\n\n\($1)" }
        try result.keep("O4-metrics.txt", evidence.joined(separator: "\n"), in: run)
    }
}

extension Double {
    /// A count, without a decimal point.
    var shown: String { self == rounded() ? "\(Int64(self))" : "\(self)" }
}
