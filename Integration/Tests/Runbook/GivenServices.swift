import FoundationEssentials
import Servers
import Workforce

/// Services that a runbook is given: processes on databases and topics of their own.
struct GivenServices {
    private static let secret = "a secret of thirty-two bytes or more"

    private let servers: ToolServers
    private let dispatcher, command, query: ChildProcess

    /// Where commands are served.
    let commandAddress: String

    /// Starts them, and stops them after the body.
    static func with(_ body: (GivenServices) async throws -> Void) async throws {
        let servers = try await ToolServers.start(name: "given\(UUID().uuidString.prefix(8).lowercased())")
        try await servers.prepare(aggregateTypes: AggregateType.allCases.map(\.rawValue))
        func start(
            _ tool: BuiltTool, _ arguments: [String], _ changes: [String: String?] = [:]
        ) throws -> ChildProcess {
            let access: [String: String?] = ["WORKFORCE_JWT_SECRET": secret]
            return try servers.start(tool, arguments, access.merging(changes) { $1 })
        }
        let command = try start(.workforce, ["command"], ["WORKFORCE_COMMAND_ADDRESS": "127.0.0.1:0"])
        let services = GivenServices(
            servers: servers, dispatcher: try start(.outbox, ["dispatch"]), command: command,
            query: try start(.workforce, ["query"], ["WORKFORCE_QUERY_ADDRESS": "127.0.0.1:0"]),
            commandAddress: try await command.httpAddress())
        for process in [services.dispatcher, command, services.query] { try await process.waitUntilReady() }
        try await body(services)
        for process in [command, services.dispatcher, services.query] { try await process.stop() }
    }

    func stopDispatcher() async throws { try await dispatcher.stop() }

    /// Starts a Prometheus that reads their metrics.
    func prometheus() async throws -> PrometheusServer {
        try await PrometheusServer.start(targets: ["outbox": [try await dispatcher.httpAddress()]])
    }

    /// Runs the runbook against them.
    ///
    /// - Parameters:
    ///   - scenarios: JSON; the runbook's own unless given.
    ///   - metrics: where the dispatcher's metrics are said to be, unless they are the dispatcher's.
    ///   - changes: what else it is told by its environment.
    func prove(
        scenarios: String? = nil, metrics: String? = nil, _ changes: [String: String?] = [:]
    ) async throws -> (status: Servers.ExitStatus, output: String) {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        var arguments = ["--evidence", "\(folder.path)/evidence"]
        if let scenarios {
            try Data(scenarios.utf8).write(to: URL(filePath: "\(folder.path)/scenarios.json"))
            arguments += ["--scenarios", "\(folder.path)/scenarios.json"]
        }
        // What is expected to fail need not be waited for as long.
        if scenarios != nil || metrics != nil { arguments += ["--wait", "1s"] }
        let metricsAddress = if let metrics { metrics } else { try await dispatcher.httpAddress() }
        let given: [String: String?] = [
            "COMMAND_URL": "http://\(commandAddress)", "QUERY_URL": "http://\(try await query.httpAddress())",
            "METRICS_URL": "http://\(metricsAddress)", "DATABASE_URL": servers.commandURL,
            "WORKFORCE_JWT_SECRET": Self.secret,
        ]
        let runbook = try BuiltTool.runbook.start(
            arguments, environment: RunbookTests.environment.merging(given) { $1 }.merging(changes) { $1 })
        let status = try await runbook.waitForExit(within: .seconds(400))
        return (status, runbook.output.text)
    }
}
