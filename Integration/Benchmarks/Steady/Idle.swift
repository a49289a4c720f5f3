import Foundation
import LibPQ
import Servers

/// What a dispatcher with nothing to do costs, and how long a lone event then takes.
struct Idle {
    /// How long it is watched.
    let seconds: Int
    let events: Int

    func run() async throws -> [Measurement] {
        let url = try await PostgresServer.shared().createDatabase("idle")
        try await SteadyLoad.prepare(url)
        let prefix = try await FullOutbox.makeTopics()
        let dispatcher = try BuiltTool.outbox.start(
            ["dispatch"], environment: try await DispatcherEnvironment.of(url, topics: prefix))
        try await dispatcher.waitForLine(containing: "dispatcher started", within: .seconds(60))
        let arrivals = try await Arrivals(
            FullOutbox.types.map { "\(prefix).\($0)" }, bootstrapServers: KafkaBroker.shared().bootstrapServers)
        let load = SteadyLoad(url: url, rate: 1, seconds: 0)
        var costs: [Measurement] = []
        // The first ones open connections and partitions.
        let warmUp = 12
        let commits = try await arrivals.during {
            var commits = try await load.run(pauses: Array(repeating: .milliseconds(100), count: warmUp))
            costs = try await watch(dispatcher, url)
            let pauses = (0..<events).map { _ in Duration.milliseconds(Int.random(in: 500...1500)) }
            commits += try await load.run(pauses: pauses)
            return commits
        }
        _ = try await dispatcher.stop(within: .seconds(60))
        let arrived = arrivals.bySequence
        let delays = commits.dropFirst(warmUp).compactMap { commit in
            arrived[commit.sequence].map { $0 - commit.time }
        }
        return costs
            + Latency(seconds: delays).measurements("lone event: commit → Kafka", targets: (p50: 20, p99: nil))
    }

    private func watch(_ dispatcher: ChildProcess, _ url: String) async throws -> [Measurement] {
        // Events just seen keep it looking more often for a while, and sessions report what they did only now and then.
        try await Task.sleep(for: .seconds(12))
        let before = (try await statements(url), try ThreadUsage(processID: dispatcher.processID))
        let start = ContinuousClock.now
        try await Task.sleep(for: .seconds(seconds))
        let elapsed = (ContinuousClock.now - start) / .seconds(1)
        let after = (try await statements(url), try ThreadUsage(processID: dispatcher.processID))
        let processor = (after.1.processorSeconds - before.1.processorSeconds) / elapsed
        return [
            Measurement("idle dispatcher: processor", processor * 100, "% of a core", target: .atMost(1)),
            Measurement("idle dispatcher: wake-ups", (after.1.wakeUps - before.1.wakeUps) / elapsed, "per second"),
            Measurement("idle dispatcher: statements", (after.0 - before.0) / elapsed * 60, "per minute"),
            Measurement(
                "idle dispatcher: peak memory", try ProcessUsage(processID: dispatcher.processID).peakMebibytes, "MiB"),
        ]
    }

    /// Transactions that the database has seen; each of the dispatcher's statements is one, or nearly so.
    private func statements(_ url: String) async throws -> Double {
        // From another database, so as not to be among them.
        let name = PostgresServer.databaseName(in: url)
        let connection = try await PQConnection.connect(PQConfiguration(url: try await PostgresServer.shared().url))
        let count = try await connection.query(
            "SELECT (xact_commit + xact_rollback)::float8 FROM pg_stat_database WHERE datname = \(name)")[0]
            .decode(0, as: Double.self)
        await connection.close()
        return count
    }
}
