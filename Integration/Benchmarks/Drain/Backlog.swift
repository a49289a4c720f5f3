import Foundation
import LibPQ
import Servers

/// Whether a claim costs the same at the end of a large backlog as at its beginning.
struct Backlog {
    let events: Int
    let payload: Int
    let aggregates: Int

    private static let parts = 10

    func run() async throws -> [Measurement] {
        let outbox = try await FullOutbox.fill(events: events, payload: payload, aggregates: aggregates)
        let broker = try await KafkaBroker.shared()
        let url = try await outbox.copy()
        let prefix = try await FullOutbox.makeTopics()
        let dispatcher = try BuiltTool.outbox.start(
            ["dispatch"],
            environment: [
                "DATABASE_URL": url, "KAFKA_BOOTSTRAP_SERVERS": broker.bootstrapServers,
                "OUTBOX_TOPIC_TEMPLATE": "\(prefix).{aggregateType}", "OUTBOX_DISPATCH_RETENTION": "none",
                "OUTBOX_HTTP_ADDRESS": "127.0.0.1:0",
            ])
        let client = try await dispatcher.waitUntilReady()
        let start = ContinuousClock.now
        /// Of the claims of each tenth, per 1,000 events.
        var milliseconds: [Double] = []
        var before = Claims()
        for index in 1...Self.parts {
            let goal = Double(events) * Double(index) / Double(Self.parts)
            var now = before
            repeat {
                try await Task.sleep(for: .milliseconds(100))
                now = try await claims(client)
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
        var seconds = 0.0
        var rows = 0.0
        var settled = 0.0
    }

    private func claims(_ client: HTTPClient) async throws -> Claims {
        var claims = Claims()
        for line in try await client.get("/metrics").text.split(separator: "\n") {
            guard let space = line.lastIndex(of: " "), let value = Double(line[line.index(after: space)...]) else {
                continue
            }
            switch line[..<space] {
            case "outbox_dispatch_claim_seconds_sum": claims.seconds = value
            case "outbox_dispatch_claimed_total": claims.rows = value
            case "outbox_dispatch_success_total": claims.settled = value
            default: break
            }
        }
        return claims
    }
}
