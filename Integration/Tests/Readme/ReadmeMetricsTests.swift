import Foundation
import OutboxTelemetry
import Servers
import Testing

@Suite struct ReadmeMetricsTests {
    private struct Metric: Hashable, Comparable, CustomStringConvertible {
        let name: String
        let type: String

        var description: String { "\(name) \(type)" }

        static func < (left: Metric, right: Metric) -> Bool { left.name < right.name }
    }

    @Test("the README's metrics are all that the code knows, with their types and labels")
    func registered() throws {
        let registry = try KnownMetrics.registry()
        let known = registry.descriptions.map { metric in
            let labels = metric.labelNames.isEmpty ? "" : "{\(metric.labelNames.joined(separator: ", "))}"
            return Metric(name: metric.name + labels, type: metric.kind.rawValue)
        }
        #expect(try told().sorted() == known.sorted())
    }

    @Test("what the tools serve is what the README says: metrics, health routes", .requiresBroker)
    func served() async throws {
        let url = try await PostgresServer.shared().createDatabase("readme_metrics")
        let broker = try await KafkaBroker.shared()
        let name = "readme\(UUID().uuidString.prefix(8).lowercased())"
        for type in ["position", "assignment", "jobLevel", "organization"] {
            try await broker.createTopic("\(name).\(type)", partitions: 1)
        }
        let environment = [
            "DATABASE_URL": url, "QUERY_DATABASE_URL": url, "KAFKA_BOOTSTRAP_SERVERS": broker.bootstrapServers,
            "OUTBOX_TOPIC_TEMPLATE": "\(name).{aggregateType}", "OUTBOX_HTTP_ADDRESS": "127.0.0.1:0",
            "WORKFORCE_GROUP": name, "WORKFORCE_QUERY_ADDRESS": "127.0.0.1:0",
        ]
        try await BuiltTool.workforce.start(["migrate"], environment: environment).waitForSuccess(within: .seconds(60))
        let tools = [
            try BuiltTool.outbox.start(["dispatch"], environment: environment),
            try BuiltTool.workforce.start(["consume"], environment: environment),
            try BuiltTool.workforce.start(["query", "--no-consume", "--dev-auth"], environment: environment),
        ]

        let told = try told()
        var served: Set<Metric> = []
        for tool in tools {
            let client = try await tool.waitUntilReady()
            for route in ["/livez", "/readyz", "/health", "/metrics"] {
                #expect(try Readme().inlineCode.contains(route))
                try await eventually(within: .seconds(60), "\(tool.name) answers \(route) with 200") {
                    try await client.get(route).status == 200
                }
            }
            for line in try await client.get("/metrics").text.split(separator: "\n") {
                guard let match = line.wholeMatch(of: /# TYPE ([^ ]+) (.*)/) else { continue }
                served.insert(Metric(name: String(match.output.1), type: String(match.output.2)))
            }
        }
        for tool in tools { #expect(try await tool.stop(within: .seconds(60)).isSuccess) }

        let withoutLabels = Set(told.filter { !$0.name.contains("{") })
        let names = Set(told.map { Metric(name: String($0.name.prefix { $0 != "{" }), type: $0.type) })
        #expect(served.subtracting(names).sorted() == [])
        #expect(withoutLabels.subtracting(served).sorted() == [])
    }

    private func told() throws -> [Metric] {
        try Readme().table(headed: "metric").flatMap { row in
            Readme.code(in: row[0]).map { Metric(name: $0, type: row[1]) }
        }
    }
}
