import Foundation
import IdempotentConsumer
import LibPQ
import Outbox
import OutboxCommandLine
import QueryCache
import Servers

/// Latency under a steady load: from COMMIT to Kafka, and from COMMIT through the read model to the refreshed cache;
/// and what that costs each process.
struct Steady {
    /// Events per second.
    let rate: Int
    let seconds: Int

    /// The beginning is left out: connections, plans and partitions are new.
    private static let warmUp = 20

    func run() async throws -> [Measurement] {
        let broker = try await KafkaBroker.shared()
        let postgres = try await PostgresServer.shared()
        let outbox = try await postgres.createDatabase("steady")
        let query = try await postgres.createDatabase("steady_query")
        try await SteadyLoad.prepare(outbox)
        let pool = PQPool(PQConfiguration(url: query), maximumConnections: 1)
        try await pool.withConnection { connection in
            try await IdempotentConsumer.migrations.apply(on: connection)
            try await PostgresQueryCache.migrations.apply(on: connection)
            try await connection.run(script: DocumentProjection.schema)
        }
        let prefix = try await FullOutbox.makeTopics()
        let topics = FullOutbox.types.map { "\(prefix).\($0)" }
        let notes = FileManager.default.temporaryDirectory.appending(path: "\(prefix).notes").path
        defer { try? FileManager.default.removeItem(atPath: notes) }
        let dispatcher = try BuiltTool.outbox.start(
            ["dispatch"], environment: try await DispatcherEnvironment.of(outbox, topics: prefix))
        let consumer = try BuiltTool.benchmarks.start(
            [ConsumeProcess.command.name, "--topics", topics.joined(separator: ","), "--notes", notes],
            environment: ["QUERY_DATABASE_URL": query, "KAFKA_BOOTSTRAP_SERVERS": broker.bootstrapServers])
        try await dispatcher.waitForLine(containing: "dispatcher started", within: .seconds(60))
        try await consumer.waitForLine(
            containing: "owned=\(topics.count * Int(FullTopics.partitions))", within: .seconds(60))

        let arrivals = try await Arrivals(topics, bootstrapServers: broker.bootstrapServers)
        let processes = try Processes(dispatcher: dispatcher, consumer: consumer, postgres: postgres, broker: broker)
        let load = SteadyLoad(url: outbox, rate: rate, seconds: Self.warmUp + seconds)
        var usage: [Measurement] = []
        let commits = try await arrivals.during {
            async let commits = load.run()
            try await Task.sleep(for: .seconds(Self.warmUp))
            let before = try processes.usage()
            let start = ContinuousClock.now
            try await Task.sleep(for: .seconds(seconds))
            usage = try processes.measurements(
                since: before, seconds: (ContinuousClock.now - start) / .seconds(1), at: "at \(rate)/s")
            return try await commits
        }
        try await eventually(within: .seconds(120), "the consumer has applied all \(commits.count) events") {
            try await !Consume.isUnderWay(pool, events: commits.count)
        }
        _ = try await dispatcher.stop(within: .seconds(60))
        _ = try await consumer.stop(within: .seconds(60))
        await pool.close()
        return try measurements(commits, arrivals.bySequence, CacheNotes(path: notes)) + usage
    }

    private func measurements(
        _ commits: [SteadyLoad.Commit], _ arrived: [Int64: Double], _ cached: CacheNotes
    ) throws -> [Measurement] {
        let first = commits.map(\.time).min() ?? 0
        let measured = commits.filter { $0.time >= first + Double(Self.warmUp) }
        let toKafka = measured.compactMap { commit in arrived[commit.sequence].map { $0 - commit.time } }
        let toCache = measured.compactMap { commit in cached.time(of: commit).map { $0 - commit.time } }
        guard toKafka.count == measured.count, toCache.count == measured.count else {
            throw ServerError(
                .system,
                "of \(measured.count) events \(toKafka.count) came from Kafka and \(toCache.count) reached the cache")
        }
        let last = measured.map(\.time).max() ?? first
        let name = "at \(rate)/s"
        let isGoal = rate == 1000
        return [
            Measurement(
                "\(name): committed", Double(measured.count) / (last - first - Double(Self.warmUp)), "events/s")
        ]
            + Latency(seconds: measured.map(\.delay)).measurements("\(name): the load's own delay, COMMIT and all")
            + Latency(seconds: toKafka).measurements("\(name): commit → Kafka", targets: isGoal ? (5, 20) : nil)
            + Latency(seconds: toCache).measurements("\(name): commit → cache", targets: isGoal ? (12, 50) : nil)
    }
}
