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

    struct Result {
        let eventsPerSecond: Double
        /// Of the loops, per million events.
        let processorSeconds: Double
    }

    /// - Parameter share: how much of the outbox to take.
    func run(share: Double = 1) async throws -> Result {
        let url = try await outbox.copy()
        let prefix = try await FullOutbox.makeTopics()
        let broker = try await KafkaBroker.shared()
        let events = Int(Double(outbox.events) * share)
        let start = ContinuousClock.now
        let children = try (0..<loops).map { loop in
            try BuiltTool.bareLoop.start([
                url, broker.bootstrapServers, prefix, String(batch), codec, mode.rawValue,
                String(events * loop / loops + 1), String(events * (loop + 1) / loops),
            ])
        }
        var processor = 0.0
        while children.contains(where: \.isRunning) {
            // What it was when last seen.
            let now = children.compactMap { try? ProcessUsage(processID: $0.processID).processorSeconds }
            processor = max(processor, now.reduce(0, +))
            try await Task.sleep(for: .milliseconds(20))
        }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        for child in children { try await child.waitForSuccess(within: .seconds(1)) }
        try await FullOutbox.drop(url)
        return Result(
            eventsPerSecond: Double(events) / seconds, processorSeconds: processor * 1_000_000 / Double(events))
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
