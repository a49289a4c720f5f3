import Foundation
import Servers

/// Runs the program in `BareLoop/` over an outbox.
struct BareLoop {
    enum Mode: String {
        case delete, update
    }

    let outbox: FullOutbox
    let mode: Mode
    var batch = 5000
    var codec = "none"
    /// How many side by side, each with a part of the ids.
    var loops = 1

    /// - Parameter share: how much of the outbox to take.
    func run(share: Double = 1) async throws -> Throughput {
        let url = try await outbox.copy()
        let prefix = try await FullOutbox.makeTopics()
        let broker = try await KafkaBroker.shared()
        let events = Int(Double(outbox.events) * share)
        let before = try await ServerUsage.now()
        let start = ContinuousClock.now
        let children = try (0..<loops).map { loop in
            try BuiltTool.bareLoop.start([
                url, broker.bootstrapServers, prefix, String(batch), codec, mode.rawValue,
                String(events * loop / loops + 1), String(events * (loop + 1) / loops),
            ])
        }
        var usages: [Int32: ProcessUsage] = [:]
        while children.contains(where: \.isRunning) {
            // What it was when last seen: an ended process has nothing left to be read.
            for child in children where child.isRunning {
                // One that is just ending has no memory any more.
                if let usage = try? ProcessUsage(processID: child.processID), usage.peakMebibytes > 0 {
                    usages[child.processID] = usage
                }
            }
            try await Task.sleep(for: .milliseconds(10))
        }
        let time = ContinuousClock.now - start
        let after = try await ServerUsage.now()
        for child in children { try await child.waitForSuccess(within: .seconds(1)) }
        try await FullOutbox.drop(url)
        return Throughput(events: events, time: time, usages: Array(usages.values), before: before, after: after)
    }

    /// The same with the batch size and codec that are the fastest on a part of the outbox.
    func atItsBest() async throws -> BareLoop {
        var best = (loop: self, rate: 0.0)
        for codec in ["none", "lz4"] {
            for batch in [1000, 5000, 10_000] {
                var loop = self
                (loop.batch, loop.codec) = (batch, codec)
                let rate = try await loop.run(share: 0.3).eventsPerSecond
                if rate > best.rate { best = (loop, rate) }
            }
        }
        return best.loop
    }
}
