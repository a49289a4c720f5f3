import Foundation
import OutboxCommandLine
import Servers

/// Measures the outbox on servers of its own with durable defaults: `fsync=on`, `synchronous_commit=on`, `acks=all`.
@main
enum Benchmarks {
    private static let events = Option(
        "events", .integer(1000...100_000_000), help: "events of a drain", defaultValue: 500_000)
    private static let payload = Option(
        "payload", .integer(100...900_000), help: "bytes of a payload", defaultValue: 300)
    private static let aggregates = Option(
        "aggregates", .integer(1...10_000_000), help: "aggregates of a drain", defaultValue: 10_000)
    private static let rate = Option(
        "rate", .integer(1...100_000), help: "events per second, steady", defaultValue: 500)
    private static let seconds = Option(
        "seconds", .integer(1...36_000), help: "how long the steady load lasts", defaultValue: 30)
    private static let only = Option(
        "only", .text("drain|steady|retention|verify"),
        help: "one of the measurements; retention and verify only run when they are named")
    private static let retention = Option(
        "retention", .integer(10...604_800), help: "seconds that settled events are kept, retention", defaultValue: 60)
    private static let partitioned = Flag("partitioned", help: "partition the outbox, retention")
    private static let pooler = Flag("pooler", help: "dispatch through PgBouncer in transaction mode, drain")
    private static let json = Flag("json", help: "JSON for scripts")

    static func main() async {
        let command = Command(
            "bench", summary: "Measures drain, latency, processor time and memory on servers of its own.",
            options: [
                events.definition, payload.definition, aggregates.definition, rate.definition, seconds.definition,
                only.definition, retention.definition, partitioned.definition, pooler.definition,
                json.definition,
            ]
        ) { invocation in
            var results: [Measurement] = []
            let only = invocation[only]
            if only == "retention" {
                let run = LongRun(
                    rate: invocation[rate] ?? 500, seconds: invocation[seconds] ?? 30,
                    retention: invocation[retention] ?? 60, isPartitioned: invocation[partitioned])
                results += try await run.run()
            }
            if only == nil || only == "drain" || only == "verify" {
                // Without rows there is nothing to compare.
                for retention in only == "verify" ? ["168h"] : ["none", "168h"] {
                    let drain = Drain(
                        events: invocation[events] ?? 500_000, payload: invocation[payload] ?? 300,
                        aggregates: invocation[aggregates] ?? 10_000, retention: retention,
                        isPooled: invocation[pooler], isVerified: only == "verify")
                    results += try await drain.run()
                }
            }
            if only == nil || only == "steady" {
                let steady = Steady(rate: invocation[rate] ?? 500, seconds: invocation[seconds] ?? 30)
                results += try await steady.run()
            }
            if invocation[json] {
                Console.standardOutput.writeLine(try JSONOutput.text(results))
            } else {
                var table = TextTable([.init("measurement"), .init("value", .right), .init("unit")])
                for result in results { table.add([result.name, result.text, result.unit]) }
                Console.standardOutput.writeLine(table.text)
            }
            return .success
        }
        exit(await CommandLineTool(command, version: "0.1.0").run())
    }
}

/// One figure.
struct Measurement: Encodable {
    let name: String
    let value: Double
    let unit: String

    var text: String { value >= 100 ? String(Int(value.rounded())) : String(format: "%.1f", value) }
}
