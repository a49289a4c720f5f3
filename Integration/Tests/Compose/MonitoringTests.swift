import FoundationEssentials
import Servers
import Testing

@Suite("compose: dashboard and alerts")
struct MonitoringTests {
    @Test("they ask for metrics that there are")
    func metrics() async throws {
        let told = try Readme().table(headed: "metric").flatMap { row in
            Readme.code(in: row[0]).map { (name: String($0.prefix { $0 != "{" }), type: row[1]) }
        }
        var known: Set<String> = ["up"]
        for (name, type) in told {
            known.formUnion(type == "histogram" ? ["_bucket", "_sum", "_count"].map { name + $0 } : [name])
        }
        let (panels, alerts) = (try queriesOfPanels(), try await queriesOfAlerts())
        #expect(panels.count > 20 && alerts.count > 10)
        for query in panels + alerts {
            let names = Self.metrics(in: query)
            #expect(!names.isEmpty, "\(query)")
            #expect(Set(names).subtracting(known) == [], "\(query)")
        }
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

    private func queriesOfAlerts() async throws -> [String] {
        struct Rules: Decodable {
            struct Group: Decodable {
                struct Rule: Decodable { let expr: String }
                let rules: [Rule]
            }
            let groups: [Group]
        }
        let json = try await ComposeFile.json(of: "\(ComposeFile.folder)/prometheus/alerts.yaml")
        return try JSONDecoder().decode(Rules.self, from: json).groups.flatMap { $0.rules.map(\.expr) }
    }

    /// The names in a query that are no function, no label and no keyword: those with a namespace of ours, and `up`.
    private static func metrics(in query: String) -> [String] {
        query.matches(of: /\b(?:up|(?:outbox|query_cache|workforce|process)_[a-z0-9_]+)\b/).map { String($0.output) }
    }
}
