import Outbox
import Servers

/// O7: Prometheus answers the same numbers, and Grafana draws them.
struct DashboardStep: Step {
    let name = "O7"
    let title = "Prometheus and Grafana show it"

    func take(_ result: inout StepResult, in run: Run) async throws {
        guard let system = run.system else { return }
        if let prometheus = system.prometheus {
            try await ask(Prometheus(client: prometheus), &result, run, system)
        } else {
            result.omit("no Prometheus: PROMETHEUS_URL is not set, or the program is not there")
        }
        if let client = system.grafana {
            try await draw(Grafana(client: client), &result, run)
        } else {
            result.omit("no Grafana: GRAFANA_URL is not set")
        }
    }

    private func ask(
        _ prometheus: Prometheus, _ result: inout StepResult, _ run: Run, _ system: System
    ) async throws {
        let counts = try await DispatchCounts.read(system.dispatchers)
        let total = "sum(outbox_dispatch_success_total)"
        let byType = #"sum by (event_type) (outbox_dispatch_total{result="success"})"#
        var answers: [String: JSONValue] = [:]
        do {
            try await eventually(within: run.wait, "Prometheus has read the metrics") {
                for query in [total, byType, "up"] { answers[query] = try await prometheus.answer(query) }
                // Another dispatcher may have counted too, and go on.
                return Prometheus.values(answers[total]).values.reduce(0, +) >= counts.success
                    && counts.successByType.allSatisfy { type, count in
                        Prometheus.values(answers[byType], label: "event_type")[type] ?? 0 >= count
                    }
            }
            result.check("\(total) is \(Prometheus.values(answers[total]).values.reduce(0, +).shown)", true)
            result.check("\(byType) has \(counts.successByType.count) event types with their numbers", true)
        } catch let error as ServerError {
            result.check("PromQL answers what /metrics says: \(error)", false)
        }
        let text = answers.sorted { $0.key < $1.key }.map {
            "\($0.key)\n\(String(decoding: $0.value.serialized(pretty: true), as: UTF8.self))"
        }
        try result.keep("O7-promql.txt", text.joined(separator: "\n\n"), in: run)
    }

    private func draw(_ grafana: Grafana, _ result: inout StepResult, _ run: Run) async throws {
        guard let panel = try await grafana.panel() else {
            return result.check("Grafana has a dashboard of the outbox with a panel", false)
        }
        result.check("Grafana has the panel \"\(panel.title)\" of the dashboard \"\(panel.dashboard)\"", true)
        guard try await grafana.canDraw() else {
            return result.omit("Grafana has no image renderer: no picture of the panel")
        }
        let picture = try await grafana.picture(of: panel)
        result.check("Grafana draws it: a PNG of \(picture.count) bytes", Grafana.isPNG(picture))
        try result.keep("O7-panel.png", bytes: picture, in: run)
    }
}
