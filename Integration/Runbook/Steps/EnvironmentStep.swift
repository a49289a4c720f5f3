import Servers

/// O1: everything is there.
struct EnvironmentStep: Step {
    let name = "O1"
    let title = "The environment is ready"

    func take(_ result: inout StepResult, in run: Run) async throws {
        let system = if let given = run.given { given } else { try await System.start(run.invocation) }
        run.logOffset = run.given == nil ? 0 : system.dispatcherLog?.byteCount ?? 0
        var lines: [String] = []
        var services = [("workforce command", system.command), ("workforce query", system.query)]
        services += system.dispatchers.map { ("outbox dispatch", $0) }
        for (name, client) in services {
            let said = try await checkReadiness(&result, name, client, run.wait)
            lines += ["\(name)  \(client.baseURL)/readyz -> \(said)", ""]
        }
        run.lastSequence = try await OutboxRow.lastSequence(system.outbox)
        run.countsBefore = try await DispatchCounts.read(system.dispatchers)
        result.check("the outbox can be read; its last sequence is \(run.lastSequence)", true)
        if let servers = system.started?.servers { lines += ["Kafka  \(servers.broker.description)", ""] }
        lines += checkLog(&result, system.dispatcherLog)
        try result.keep("O1-environment.txt", lines.joined(separator: "\n"), in: run)
        run.system = system
    }

    /// - Returns: what the service last said of itself.
    private func checkReadiness(
        _ result: inout StepResult, _ name: String, _ client: HTTPClient, _ wait: Duration
    ) async throws -> String {
        var said = "no answer"
        do {
            try await eventually(within: wait, "\(name) is ready") {
                let answer = try await client.get("/readyz")
                said = "\(answer.status) \(answer.text)"
                return answer.status == 200
            }
            result.check("\(name) is ready (\(client.baseURL)/readyz)", true)
        } catch let error as ServerError {
            result.check("\(name) is ready: \(error)", false)
        }
        return said
    }

    private func checkLog(_ result: inout StepResult, _ log: ProcessOutput?) -> [String] {
        guard let log else {
            result.omit("DISPATCHER_LOG is not set: the dispatcher's start and its settings were not looked at")
            return []
        }
        let lines = log.lines().map(\.text)
        let start = lines.filter { $0.contains("dispatcher started") }
        let settings = lines.filter { $0.contains("OUTBOX_DISPATCH_BATCH_SIZE") }
        result.check("the dispatcher's log says that it has started", !start.isEmpty)
        let names = ["DATABASE_URL", "OUTBOX_DISPATCH_INTERVAL", "OUTBOX_DISPATCH_MAX_RETRY", "OUTBOX_TOPIC_TEMPLATE"]
        let isComplete = settings.contains { line in names.allSatisfy { line.contains($0) } }
        result.check("and with which settings", isComplete)
        return ["The dispatcher's log:"] + settings + start
    }
}
