import Foundation

/// The dispatcher beside the bare loop, on the same outbox and the same servers, run after run.
struct Drain {
    let events: Int
    let payload: Int
    let aggregates: Int
    var isPooled = false

    func run() async throws -> [Measurement] {
        let outbox = try await FullOutbox.fill(events: events, payload: payload, aggregates: aggregates)
        return try await beside(outbox, retention: "none", mode: .delete, goal: 1.2)
            + beside(outbox, retention: "168h", mode: .update, goal: 1.3)
            + otherwise("payloads of 1.6 kB", events: events / 2, payload: 1600, aggregates: aggregates)
            + otherwise("one aggregate", events: events / 5, payload: payload, aggregates: 1)
    }

    private func otherwise(
        _ name: String, events: Int, payload: Int, aggregates: Int
    ) async throws -> [Measurement] {
        let outbox = try await FullOutbox.fill(events: events, payload: payload, aggregates: aggregates)
        let bare = try await BareLoop(outbox: outbox, mode: .delete, codec: "lz4").run()
        let ours = try await DispatcherDrain(outbox: outbox, retention: "none", isPooled: isPooled).run()
        return [
            Measurement("drain, \(name): bare loop", bare.eventsPerSecond, "events/s"),
            Measurement("drain, \(name)", ours.eventsPerSecond, "events/s"),
            Measurement("drain, \(name): peak memory", ours.peakMebibytes, "MiB", target: .atMost(64)),
        ]
    }

    private func beside(
        _ outbox: FullOutbox, retention: String, mode: BareLoop.Mode, goal: Double
    ) async throws -> [Measurement] {
        let name = retention == "none" ? "drain, retention none" : "drain, rows kept"
        let loop = try await BareLoop(outbox: outbox, mode: mode).atItsBest()
        // Before and after, since the machine may change meanwhile.
        let before = try await loop.run()
        let one = try await DispatcherDrain(outbox: outbox, retention: retention, isPooled: isPooled).run()
        let after = try await loop.run()
        var sideBySide = loop
        sideBySide.loops = 2
        let two = try await sideBySide.run()
        let both = try await DispatcherDrain(
            outbox: outbox, retention: retention, dispatchers: 2, isPooled: isPooled
        ).run()
        let bare = (before.eventsPerSecond + after.eventsPerSecond) / 2
        return before.measurements("\(name): bare loop (\(loop.batch), \(loop.codec))") + [
            Measurement("\(name): two bare loops", two.eventsPerSecond, "events/s"),
            Measurement("\(name): two dispatchers", both.eventsPerSecond, "events/s"),
        ] + one.measurements(name, isDispatcher: true) + [
            Measurement("\(name): to one bare loop", one.eventsPerSecond / bare, "×", target: .atLeast(goal)),
            Measurement(
                "\(name): to two bare loops", one.eventsPerSecond / two.eventsPerSecond, "×",
                target: retention == "none" ? .atLeast(1) : nil),
        ]
    }

    /// The dispatcher without anything to compare it with.
    func alone(_ retentions: [String], isVerified: Bool = false) async throws -> [Measurement] {
        let outbox = try await FullOutbox.fill(events: events, payload: payload, aggregates: aggregates)
        // The broker compiles its code meanwhile.
        var results = try await BareLoop(outbox: outbox, mode: .delete).run().measurements("bare loop")
        for retention in retentions {
            let run = DispatcherDrain(
                outbox: outbox, retention: retention, isPooled: isPooled, isVerified: isVerified)
            results += try await run.run().measurements("drain, retention \(retention)", isDispatcher: true)
        }
        return results
    }
}
