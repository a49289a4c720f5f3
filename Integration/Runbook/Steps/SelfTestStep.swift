import Servers

/// O2: the commands do what they are to do, and refuse what they are to refuse.
struct SelfTestStep: Step {
    let name = "O2"
    let title = "The REST self-test"

    func take(_ result: inout StepResult, in run: Run) async throws {
        guard let system = run.system else { return }
        let player = Player(client: system.command, tokens: run.tokens(system), correlationID: run.tenant)
        run.variables["tenant"] = run.tenant
        for scenario in run.scenarios {
            if scenario.needsDevTokens ?? false, system.hasSecret {
                result.omit("\(scenario.name): tokens are made with WORKFORCE_JWT_SECRET here")
                continue
            }
            do {
                let exchange = try await player.play(scenario, &run.variables)
                run.exchanges.append(exchange)
                let outcome = ["\(scenario.status)", scenario.error?.code].compactMap { $0 }.joined(separator: " ")
                let claim = "\(exchange.requestID ?? "(no id)")  \(scenario.name): \(outcome)"
                let problems = exchange.problems.isEmpty ? "" : "; but \(exchange.problems.joined(separator: "; "))"
                result.check(claim + problems, problems.isEmpty)
            } catch let error as ServerError {
                result.check("\(scenario.name): \(error)", false)
            }
        }
        try result.keep(
            "O2-requests.txt", run.exchanges.map(\.text).joined(separator: "\n\n"), in: run)
    }
}
