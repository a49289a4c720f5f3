import LibPQ
import OutboxCommandLine
import Servers
import Workforce

extension System {
    /// Starts servers and services, each of our services as a process of its own.
    static func start(_ invocation: Invocation) async throws -> System {
        let servers = try await ToolServers.start(name: "runbook-\(random(digits: 8))")
        try await servers.prepare(aggregateTypes: AggregateType.allCases.map(\.rawValue))
        // Good for these processes only; nobody is told.
        let secret: [String: String?] = ["WORKFORCE_JWT_SECRET": random(digits: 64)]
        func start(_ tool: BuiltTool, _ arguments: [String], _ changes: [String: String?]) throws -> ChildProcess {
            try servers.start(tool, arguments, changes)
        }
        let dispatcher = try start(.outbox, ["dispatch"], ["OUTBOX_LOG_LEVEL": "debug"])
        let command = try start(
            .workforce, ["command", "--dev-auth"], secret.merging(["WORKFORCE_COMMAND_ADDRESS": "127.0.0.1:0"]) { $1 })
        let query = try start(
            .workforce, ["query"], secret.merging(["WORKFORCE_QUERY_ADDRESS": "127.0.0.1:0"]) { $1 })

        for process in [dispatcher, command, query] { try await process.waitUntilReady() }
        let addresses = [
            "outbox-dispatch": [try await dispatcher.httpAddress()],
            "workforce-command": [try await command.httpAddress()],
            "workforce-query": [try await query.httpAddress()],
        ]
        let prometheus =
            PrometheusServer.program == nil ? nil : try await PrometheusServer.start(targets: addresses)
        return System(
            command: HTTPClient(try await command.httpAddress()), query: HTTPClient(try await query.httpAddress()),
            dispatchers: [HTTPClient(try await dispatcher.httpAddress())],
            outbox: PQPool(PQConfiguration(url: servers.commandURL), maximumConnections: 2),
            prometheus: prometheus.map { HTTPClient($0.address) }, grafana: grafana(invocation),
            dispatcherLog: dispatcher.errorOutput, hasSecret: false,
            started: StartedServices(
                servers: servers, processes: [command, dispatcher, query], prometheus: prometheus))
    }

    private static func random(digits: Int) -> String {
        String((0..<digits).map { _ in "0123456789abcdef".randomElement() ?? "0" })
    }
}
