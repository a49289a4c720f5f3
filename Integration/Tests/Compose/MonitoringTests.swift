import FoundationEssentials
import OutboxTelemetry
import Servers
import Testing

@Suite("compose: dashboard and alerts")
struct MonitoringTests {
    @Test("they ask for metrics that are served, and for labels that these have")
    func metrics() async throws {
        var labels: [String: Set<String>] = ["up": []]
        for metric in try KnownMetrics.registry().descriptions {
            let suffixes = metric.kind == .histogram ? ["_bucket", "_sum", "_count"] : [""]
            for suffix in suffixes {
                labels[metric.name + suffix] = Set(metric.labelNames).union(suffix == "_bucket" ? ["le"] : [])
            }
        }
        let (panels, alerts) = (try queriesOfPanels(), try await alerts().map(\.expr))
        #expect(panels.count > 20 && alerts.count > 20)
        for query in panels + alerts {
            let names = Self.metrics(in: query)
            #expect(!names.isEmpty, "\(query)")
            #expect(Set(names).subtracting(labels.keys) == [], "\(query)")
            // Prometheus adds these two.
            let known = names.reduce(into: Set(["job", "instance"])) { $0.formUnion(labels[$1] ?? []) }
            #expect(Self.labels(in: query).subtracting(known) == [], "\(query)")
        }
    }

    @Test("each alert names the page of its runbook, and is tested: it fires, and a day's load leaves it silent")
    func alertsAreTested() async throws {
        let fired = try await Self.tests("alerts.test.yaml")
        let silent = try await Self.tests("alerts.daily.test.yaml")
        for alert in try await alerts() {
            let words = alert.alert.replacing(/([a-z])([A-Z])/) { "\($0.output.1)-\($0.output.2)" }.lowercased()
            #expect(alert.annotations["runbook"] == words)
            #expect(["warning", "critical"].contains(alert.labels["severity"]))
            #expect(fired.contains { $0.alertname == alert.alert && !$0.exp_alerts.isEmpty }, "\(alert.alert)")
            #expect(silent.filter { $0.alertname == alert.alert }.count > 3, "\(alert.alert)")
        }
        #expect(silent.allSatisfy { $0.exp_alerts.isEmpty })
    }

    @Test("the alerts do what their tests say", .requires(program: "promtool"))
    func promtool() async throws {
        let files = ["alerts.test.yaml", "alerts.daily.test.yaml"].map { "\(ComposeFile.folder)/prometheus/\($0)" }
        let tool = try ChildProcess("promtool", ["test", "rules"] + files)
        #expect(try await tool.waitForExit(within: .seconds(60)).isSuccess, "\(tool.output.text)")
    }

    @Test("the dashboard's panels have an id each, and ask the source that is provisioned")
    func dashboard() throws {
        let panels = try panels()
        #expect(Set(panels.map(\.id)).count == panels.count)
        let provisioned = try ComposeFile.text("grafana/provisioning/datasources/prometheus.yaml")
        for panel in panels where panel.type != "row" {
            #expect(provisioned.contains("uid: \(try #require(panel.datasource).uid)\n"))
        }
    }

    private struct Dashboard: Decodable {
        struct Panel: Decodable {
            struct Source: Decodable { let uid: String }
            struct Target: Decodable { let expr: String }
            let id: Int
            let type: String
            let datasource: Source?
            let targets: [Target]?
        }
        let panels: [Panel]
    }

    private func panels() throws -> [Dashboard.Panel] {
        let text = try ComposeFile.text("grafana/dashboards/outbox.json")
        return try JSONDecoder().decode(Dashboard.self, from: Data(text.utf8)).panels
    }

    private func queriesOfPanels() throws -> [String] {
        try panels().flatMap { ($0.targets ?? []).map(\.expr) }
    }

    private struct Rules: Decodable {
        struct Group: Decodable {
            struct Rule: Decodable {
                let alert, expr: String
                let labels, annotations: [String: String]
            }
            let rules: [Rule]
        }
        let groups: [Group]
    }

    private func alerts() async throws -> [Rules.Group.Rule] {
        let json = try await ComposeFile.json(of: "\(ComposeFile.folder)/prometheus/alerts.yaml")
        return try JSONDecoder().decode(Rules.self, from: json).groups.flatMap(\.rules)
    }

    private struct Tests: Decodable {
        struct Test: Decodable {
            struct Expectation: Decodable {
                struct Alert: Decodable {}
                let alertname: String
                let exp_alerts: [Alert]
            }
            let alert_rule_test: [Expectation]
        }
        let tests: [Test]
    }

    private static func tests(_ name: String) async throws -> [Tests.Test.Expectation] {
        let json = try await ComposeFile.json(of: "\(ComposeFile.folder)/prometheus/\(name)")
        return try JSONDecoder().decode(Tests.self, from: json).tests.flatMap(\.alert_rule_test)
    }

    /// The labels that a query picks series or makes groups by.
    private static func labels(in query: String) -> Set<String> {
        let groups = query.matches(of: /\bby \(([a-z_, ]*)\)/).flatMap { $0.output.1.split(separator: ",") }
        let matchers = query.matches(of: /[{,] ?([a-z_]+)(?:=~|!~|!=|=)"/).map { $0.output.1 }
        return Set((groups + matchers).map { $0.filter { $0 != " " } })
    }

    /// The names in a query that are no function, no label and no keyword: those with a namespace of ours, and `up`.
    private static func metrics(in query: String) -> [String] {
        query.matches(of: /\b(?:up|(?:outbox|query_cache|workforce|process)_[a-z0-9_]+)\b/).map { String($0.output) }
    }
}
