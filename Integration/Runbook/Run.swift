import Foundation
import OutboxCommandLine

/// One run of the runbook: its steps, and what they hand on to each other.
final class Run {
    let evidence: Evidence
    let scenarios: [Scenario]
    /// The longest wait for what must come to be.
    let wait: Duration
    /// Where this run's data is, and nobody else's.
    let tenant: String
    let invocation: Invocation
    /// The services that were named; nil when servers are to be started.
    let given: System?

    /// What is proved; there from the first step on.
    var system: System?
    /// Where the outbox, the dispatchers' counters and the dispatcher's log stood when the run began.
    var lastSequence: Int64 = 0
    var countsBefore = DispatchCounts()
    var logOffset = 0
    /// What was asked and answered in the self-test.
    var exchanges: [Exchange] = []
    var variables = Variables()
    private var knownTokens: Tokens?

    private static let steps: [any Step] = [
        EnvironmentStep(), SelfTestStep(), OutboxStep(), MetricsStep(), DispatcherLogStep(), QueryStep(),
        DashboardStep(),
    ]

    /// - Throws: `UsageError` when what it was told can't be used.
    init(_ invocation: Invocation) throws {
        let start = Date()
        self.invocation = invocation
        wait = invocation[RunbookSettings.wait] ?? .seconds(60)
        given = try System.given(invocation, wait: wait)
        scenarios = try Scenario.load(invocation[RunbookSettings.scenarios])
        evidence = try Evidence(folder: invocation[RunbookSettings.evidence], start: start)
        tenant = "runbook-\(evidence.stamp.lowercased())"
    }

    /// The tokens for a system, the same ones in every step.
    func tokens(_ system: System) -> Tokens {
        let tokens = knownTokens ?? Tokens(tenant: tenant, command: system.command, hasSecret: system.hasSecret)
        knownTokens = tokens
        return tokens
    }

    /// Takes all steps, and shows and keeps what came of them.
    ///
    /// - Returns: whether none failed.
    func play() async -> Bool {
        var results: [StepResult] = []
        for step in Self.steps {
            var result = StepResult(step)
            Console.standardOutput.writeLine("── \(result.title)")
            if system == nil, !results.isEmpty {
                result.check("O1 found a system to prove", false)
            } else {
                do { try await step.take(&result, in: self) } catch { result.check("the step itself: \(error)", false) }
            }
            Console.standardOutput.writeLine(result.text)
            results.append(result)
        }
        do { try await system?.stop() } catch {
            Console.standardError.writeLine("could not stop what was started: \(error)")
        }
        let summary = Summary(results: results, folder: evidence.folder)
        do { try evidence.write("summary.txt", summary.text) } catch {
            Console.standardError.writeLine("\(error)")
            return false
        }
        Console.standardOutput.writeLine("\n" + summary.text)
        return summary.isGood
    }
}
