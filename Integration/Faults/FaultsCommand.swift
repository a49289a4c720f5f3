import Foundation
import OutboxCommandLine
import Servers

/// `Faults`
enum FaultsCommand {
    static let command = Command(
        "Faults",
        summary: "Tries to break the chain from outbox to query cache, and checks from outside whether it did.",
        discussion: """
            Starts PostgreSQL, Kafka, dispatchers and consumers of its own; writers commit events while faults strike by a
            random plan. Afterwards all is healed, the queue drains, and what was committed is compared with the topics, the
            read model and the cache: nothing may be lost, made up, reordered or applied twice. Needs KAFKA_HOME or
            `make kafka`.

            Faults:
            \(FaultKind.allCases.map { "  \($0.rawValue): \($0.summary)" }.joined(separator: "\n"))
            """,
        options: FaultsSettings.options, settings: [FaultsSettings.minutesSetting.definition]
    ) { invocation in
        let settings = try FaultsSettings.read(invocation)
        let source = try KafkaSource.findDistribution()
        guard source.isStartable else {
            Console.standardError.writeLine("error: needs an Apache Kafka to start, kill and pause: \(source)")
            return ExitCode(rawValue: 3)
        }
        let run = Task { try await play(settings) }
        return try await TerminationSignals.whileRunning(stop: { _ in run.cancel() }) { try await run.value }
    }

    private static func play(_ settings: RunSettings) async throws -> ExitCode {
        let plan = FaultPlan(
            seed: settings.seed, seconds: settings.seconds, kinds: settings.kinds, lease: settings.lease)
        let console = settings.isJSON ? Console.standardError : Console.standardOutput
        console.writeLine(PlanText(plan: plan, settings: settings).text)
        let folder = try RunFolder(seed: settings.seed)
        do {
            let report = try await FaultRun(settings: settings, plan: plan, folder: folder.path).play()
            console.writeLine("\n" + report.text)
            if settings.isJSON { Console.standardOutput.writeLine(try JSONOutput.text(report)) }
            if report.isGood && !settings.keepsLogs { folder.remove() } else { tell(folder, settings, console) }
            return report.isGood ? .success : .failure
        } catch {
            tell(folder, settings, console)
            throw error
        }
    }

    private static func tell(_ folder: RunFolder, _ settings: RunSettings, _ console: Console) {
        console.writeLine("Logs: \(folder.path)\nThe same plan again: make faults FAULTS=\"\(settings.arguments)\"")
    }
}
