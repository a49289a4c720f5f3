import FoundationEssentials
import OutboxTelemetry
import Servers
import Testing

@Suite struct PromtoolTests {
    @Test("promtool finds nothing wrong with the exposition", .requires(program: "promtool"))
    func check() async throws {
        let registry = MetricsRegistry()
        registry.addProcessMetrics()
        registry.counter("outbox_dispatch_total", help: "Events by result.", labelNames: ["result", "event_type"])
            .labels("success", "hostile \" \\ \n \r \u{0} 岗位").increment(by: 0.1)
        registry.gauge("outbox_dispatch_backlog_bytes", help: "Help with \\ and\nline.").set(-.infinity)
        registry.histogram("outbox_dispatch_publish_seconds", help: "Time.", labelNames: ["topic"]).labels("t")
            .observe(.milliseconds(3))
        let (status, output) = try await promtool(registry.exposition())
        #expect(output == "")
        #expect(status.isSuccess)
    }

    @Test("promtool does find something where something is wrong", .requires(program: "promtool"))
    func checkOfCheck() async throws {
        let registry = MetricsRegistry()
        registry.counter("outbox_without_suffix", help: "").increment()
        let (status, output) = try await promtool(registry.exposition())
        #expect(!status.isSuccess)
        #expect(output.contains("outbox_without_suffix"))
    }

    private func promtool(_ exposition: String) async throws -> (Servers.ExitStatus, String) {
        let folder = try TemporaryFolder()
        let file = "\(folder.path)/metrics"
        try Data(exposition.utf8).write(to: URL(filePath: file))
        let process = try ChildProcess("sh", ["-c", "promtool check metrics < '\(file)' 2>&1"])
        let status = try await process.waitForExit(within: .seconds(30))
        return (status, process.output.text)
    }
}
