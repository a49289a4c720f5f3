import Foundation
import LibPQ
import OutboxTelemetry
import Servers

/// Whether a claim costs the same at the end of a large backlog as at its beginning.
struct Backlog {
    let events: Int
    let payload: Int
    let aggregates: Int

    private static let parts = 10

    func run() async throws -> [Measurement] {
        let outbox = try await FullOutbox.fill(events: events, payload: payload, aggregates: aggregates)
        let url = try await outbox.copy()
        let prefix = try await FullOutbox.makeTopics()
        let dispatcher = try BuiltTool.outbox.start(
            ["dispatch"],
            environment: try await DispatcherEnvironment.of(url, topics: prefix, retention: "none", servesHTTP: true))
        let client = try await dispatcher.waitUntilReady()
        let start = ContinuousClock.now
        /// Of the claims of each tenth, per 1,000 events.
        var milliseconds: [Double] = []
        var before = Claims(try await client.metrics())
        for index in 1...Self.parts {
            let goal = Double(events) * Double(index) / Double(Self.parts)
            var now = before
            repeat {
                try await Task.sleep(for: .milliseconds(100))
                now = Claims(try await client.metrics())
            } while now.settled < goal
            milliseconds.append((now.seconds - before.seconds) * 1_000_000 / (now.rows - before.rows))
            before = now
        }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let usage = try ProcessUsage(processID: dispatcher.processID)
        _ = try await dispatcher.stop(within: .seconds(60))
        try await FullOutbox.drop(url)
        let name = "backlog of \(events)"
        let change = (milliseconds.last ?? .nan) / (milliseconds.first ?? .nan)
        return [Measurement(name, Double(events) / seconds, "events/s")]
            + milliseconds.enumerated().map { index, value in
                Measurement("\(name): claim, tenth \(index + 1)", value, "ms per 1,000")
            } + [
                Measurement("\(name): claim, last tenth to first", change, "×", target: .atMost(1.2)),
                Measurement("\(name): peak memory", usage.peakMebibytes, "MiB", target: .atMost(64)),
            ]
    }

    /// What the dispatcher's metrics say so far.
    private struct Claims {
        let seconds: Double
        let rows: Double
        let settled: Double

        init(_ metrics: PrometheusSamples) {
            seconds = metrics["outbox_dispatch_claim_seconds_sum"]
            rows = metrics["outbox_dispatch_claimed_total"]
            settled = metrics["outbox_dispatch_success_total"]
        }
    }
}
