import Foundation
import OutboxCommandLine
import Servers

/// Measures the outbox on servers of its own with durable defaults: `fsync=on`, `synchronous_commit=on`, `acks=all`.
@main
enum Benchmarks {
    private static let events = Option(
        "events", .integer(1000...100_000_000), help: "events of a drain", defaultValue: 1_000_000)
    private static let payload = Option(
        "payload", .integer(100...900_000), help: "bytes of a payload", defaultValue: 300)
    private static let aggregates = Option(
        "aggregates", .integer(1...10_000_000), help: "aggregates of a drain", defaultValue: 10_000)
    private static let rate = Option(
        "rate", .integer(1...100_000),
        help: "events per second: steady (by itself 100, 1,000 and 10,000), retention (500)")
    private static let seconds = Option(
        "seconds", .integer(1...36_000), help: "how long a steady load lasts, or an idle dispatcher is watched",
        defaultValue: 30)
    private static let only = Option(
        "only", .text("NAME,…"),
        help: "some of the measurements: drain, steady, idle, save, consume; these run only when they are named: "
            + "backlog, dispatch (drain without anything to compare with), retention, verify")
    private static let retention = Option(
        "retention", .integer(10...604_800), help: "seconds that settled events are kept, retention", defaultValue: 60)
    private static let partitioned = Flag("partitioned", help: "partition the outbox, retention")
    private static let pooler = Flag("pooler", help: "dispatch through PgBouncer in transaction mode, drain")
    private static let quick = Flag("quick", help: "a tenth of the events, a third of the time")
    private static let save = Option("save", .text("FILE"), help: "writes the figures as JSON, too")
    private static let json = Flag("json", help: "JSON for scripts")

    private static let names = [
        "drain", "steady", "idle", "save", "consume", "backlog", "dispatch", "retention", "verify",
    ]
    private static let usual = ["drain", "steady", "idle", "save", "consume"]

    static func main() async {
        let isConsumer = CommandLine.arguments.dropFirst().first == ConsumeProcess.command.name
        let root =
            isConsumer
            ? Command("Benchmarks", summary: "The benchmarks.", subcommands: [ConsumeProcess.command]) : command
        exit(await CommandLineTool(root, version: "0.1.0").run())
    }

    private static var command: Command {
        Command(
            "bench", summary: "Measures drain, latency, processor time and memory on servers of its own.",
            options: [
                only.definition, events.definition, payload.definition, aggregates.definition, rate.definition,
                seconds.definition, retention.definition, partitioned.definition, pooler.definition, quick.definition,
                save.definition, json.definition,
            ]
        ) { invocation in
            let chosen = invocation[only]?.split(separator: ",").map(String.init) ?? usual
            if let unknown = chosen.first(where: { !names.contains($0) }) {
                throw ServerError(
                    .system, "there is no measurement \(unknown); there are \(names.joined(separator: ", "))")
            }
            var results: [Measurement] = []
            for name in chosen {
                Console.standardError.writeLine("measuring: \(name)")
                results += try await measure(name, invocation)
            }
            if let file = invocation[save] {
                try JSONOutput.text(results).write(toFile: file, atomically: true, encoding: .utf8)
            }
            Console.standardOutput.writeLine(
                invocation[json] ? try JSONOutput.text(results) : Measurement.table(results))
            return .success
        }
    }

    private static func measure(_ name: String, _ invocation: Invocation) async throws -> [Measurement] {
        let isQuick = invocation[quick]
        let seconds = max(1, (invocation[seconds] ?? 30) / (isQuick ? 3 : 1))
        let drain = Drain(
            events: (invocation[events] ?? 1_000_000) / (isQuick ? 10 : 1), payload: invocation[payload] ?? 300,
            aggregates: invocation[aggregates] ?? 10_000, isPooled: invocation[pooler])
        switch name {
        case "drain": return try await drain.run()
        case "save":
            return try await Save(rounds: max(100, drain.events / 1000), payload: drain.payload).run()
        case "consume":
            return try await Consume(events: drain.events, payload: drain.payload, aggregates: drain.aggregates).run()
        case "backlog":
            return try await Backlog(
                events: 10 * drain.events, payload: drain.payload, aggregates: drain.aggregates
            ).run()
        case "dispatch": return try await drain.alone(["none", "168h"])
        // Without rows there is nothing to compare.
        case "verify": return try await drain.alone(["168h"], isVerified: true)
        case "retention":
            return try await LongRun(
                rate: invocation[rate] ?? 500, seconds: seconds,
                retention: invocation[retention] ?? 60, isPartitioned: invocation[partitioned]
            ).run()
        case "idle":
            return try await Idle(seconds: seconds, events: 2 * seconds).run()
        default:
            var results: [Measurement] = []
            for rate in invocation[rate].map({ [$0] }) ?? [100, 1000, 10_000] {
                results += try await Steady(rate: rate, seconds: seconds).run()
            }
            return results
        }
    }
}
