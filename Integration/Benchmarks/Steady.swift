import Foundation
import IdempotentConsumer
import LibPQ
import LibRDKafka
import Outbox
import QueryCache
import Servers
import Workforce

/// Latency under a steady load of real commands: commit to Kafka, and commit to refreshed cache.
struct Steady {
    let rate: Int
    let seconds: Int

    private static let positions = 200
    private static let tenant = "bench"

    func run() async throws -> [Measurement] {
        let broker = try await KafkaBroker.shared()
        let postgres = try await PostgresServer.shared()
        let commandURL = try await postgres.createDatabase("command")
        let queryURL = try await postgres.createDatabase("query")
        let template = "steady\(UUID().uuidString.prefix(8)).{aggregateType}"
        for type in AggregateType.allCases {
            try await broker.createTopic(template.replacing("{aggregateType}", with: type.rawValue), partitions: 4)
        }
        try await migrate(commandURL, queryURL)
        let environment: [String: String?] = [
            "DATABASE_URL": commandURL, "QUERY_DATABASE_URL": queryURL,
            "KAFKA_BOOTSTRAP_SERVERS": broker.bootstrapServers, "OUTBOX_TOPIC_TEMPLATE": template,
            "OUTBOX_HTTP_ADDRESS": "off",
        ]
        let dispatcher = try BuiltTool.outbox.start(["dispatch"], environment: environment)
        let consumer = try BuiltTool.workforce.start(["consume"], environment: environment)
        let pool = PQPool(PQConfiguration(url: commandURL), maximumConnections: 8)
        let positions = try await prepare(pool, queryURL: queryURL)
        let topic = template.replacing("{aggregateType}", with: "position")
        let arrivals = Task { try await Self.arrivals(topic, broker: broker.bootstrapServers, count: rate * seconds) }
        let commits = try await load(pool, positions)
        let arrived = try await arrivals.value
        let refreshed = try await refreshes(queryURL, count: commits.count)
        let usage = try ProcessUsage(processID: dispatcher.processID)
        let consumed = try ProcessUsage(processID: consumer.processID)
        _ = try await dispatcher.stop(within: .seconds(60))
        _ = try await consumer.stop(within: .seconds(60))
        await pool.close()
        let toKafka = commits.compactMap { commit in arrived[commit.key].map { $0 - commit.value } }
        let toCache = commits.compactMap { commit in refreshed[commit.key].map { $0 - commit.value } }
        return Self.figures("commit → Kafka at \(rate)/s", toKafka)
            + Self.figures("commit → cache at \(rate)/s", toCache) + [
                Measurement("dispatcher: processor time", usage.processorSeconds, "s"),
                Measurement("dispatcher: resident memory, peak", usage.peakMebibytes, "MiB"),
                Measurement("consumer: processor time", consumed.processorSeconds, "s"),
                Measurement("consumer: resident memory, peak", consumed.peakMebibytes, "MiB"),
            ]
    }

    private static func figures(_ name: String, _ seconds: [Double]) -> [Measurement] {
        let sorted = seconds.sorted()
        func at(_ share: Double) -> Double {
            sorted.isEmpty ? .nan : sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))] * 1000
        }
        return [
            Measurement("\(name), p50", at(0.5), "ms"),
            Measurement("\(name), p99", at(0.99), "ms"),
            Measurement("\(name), longest", at(1), "ms"),
            Measurement("\(name), events measured", Double(sorted.count), ""),
        ]
    }

    private func migrate(_ commandURL: String, _ queryURL: String) async throws {
        let command = try await PQConnection.connect(PQConfiguration(url: commandURL))
        try await OutboxMigrations.apply(on: command)
        try await CommandMigrations.apply(on: command)
        await command.close()
        let query = try await PQConnection.connect(PQConfiguration(url: queryURL))
        try await ReadModelMigrations.apply(on: query)
        try await IdempotentConsumer.migrations.apply(on: query)
        try await PostgresQueryCache.migrations.apply(on: query)
        // Notes when each title reached the cache.
        try await query.run(
            script: """
                CREATE TABLE refreshes (title TEXT PRIMARY KEY, at TIMESTAMPTZ NOT NULL);
                CREATE FUNCTION note_refresh() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    INSERT INTO refreshes SELECT NEW.value ->> 'title', clock_timestamp()
                    WHERE NEW.value ->> 'title' IS NOT NULL ON CONFLICT DO NOTHING;
                    RETURN NEW;
                END $$;
                """)
        try await query.run(
            script: """
                CREATE TRIGGER note_refresh AFTER INSERT OR UPDATE ON query_cache
                FOR EACH ROW EXECUTE FUNCTION note_refresh()
                """)
        await query.close()
    }

    /// Positions to rename, already in the cache.
    private func prepare(_ pool: PQPool, queryURL: String) async throws -> [String] {
        guard let date = CalendarDate("2026-01-01") else { return [] }
        let service = CommandService(pool: pool)
        let context = CommandContext(tenantID: Self.tenant)
        let catalog = SampleCatalog(effectiveDate: date)
        try await catalog.create(with: service, context: context)
        var codes: [String] = []
        for index in 0..<Self.positions {
            let receipt = try await service.execute(catalog.position(title: "new \(index)"), context: context)
            codes.append(receipt.outcome.position.positionCode)
        }
        _ = try await refreshes(queryURL, count: codes.count)
        return codes
    }

    /// - Returns: when each title was committed.
    private func load(_ pool: PQPool, _ positions: [String]) async throws -> [String: Double] {
        let service = CommandService(pool: pool)
        let context = CommandContext(tenantID: Self.tenant)
        let start = ContinuousClock.now
        return try await withThrowingTaskGroup(of: [String: Double].self) { group in
            let writers = 4
            for writer in 0..<writers {
                group.addTask {
                    var commits: [String: Double] = [:]
                    for index in stride(from: writer, to: rate * seconds, by: writers) {
                        try await Task.sleep(until: start + .seconds(1) * index / rate, clock: .continuous)
                        let title = "t\(index)"
                        // Writers share no position, so that none waits for another's commit.
                        let code = positions[index % positions.count]
                        _ = try await service.execute(UpdatePosition(code: code, title: title), context: context)
                        commits[title] = Date().timeIntervalSince1970
                    }
                    return commits
                }
            }
            return try await group.reduce(into: [:]) { $0.merge($1, uniquingKeysWith: { first, _ in first }) }
        }
    }

    /// - Returns: when each title came from the topic.
    private static func arrivals(_ topic: String, broker: String, count: Int) async throws -> [String: Double] {
        struct Titled: Decodable { let title: String? }
        let consumer = try KafkaConsumer(
            KafkaConsumerConfiguration(
                bootstrapServers: broker, groupID: "bench-\(UUID().uuidString)",
                properties: ["fetch.wait.max.ms": "10"]))
        try await consumer.assign((0..<4).map { KafkaTopicPartitionOffset(KafkaTopicPartition(topic, $0), .earliest) })
        var arrived: [String: Double] = [:]
        var idle = ContinuousClock.now
        while arrived.keys.count(where: { $0.hasPrefix("t") }) < count, ContinuousClock.now - idle < .seconds(60) {
            for case .messages(_, let records) in try await consumer.poll(timeout: .seconds(1)) {
                idle = .now
                let now = Date().timeIntervalSince1970
                for record in records {
                    let titled = try? JSONDecoder().decode(Titled.self, from: Data(record.value ?? []))
                    if let title = titled?.title, arrived[title] == nil { arrived[title] = now }
                }
            }
        }
        await consumer.close()
        return arrived
    }

    /// - Returns: when each title reached the cache, once there are so many or nothing comes any more. Of titles that
    ///   followed each other within one refresh only the last one is seen.
    private func refreshes(_ queryURL: String, count: Int) async throws -> [String: Double] {
        let pool = PQPool(PQConfiguration(url: queryURL), maximumConnections: 1)
        var seen = -1
        var quiet = 0
        var result: [String: Double] = [:]
        while quiet < 20 {
            let rows = try await pool.withConnection {
                try await $0.query("SELECT title, extract(epoch FROM at)::float8 FROM refreshes")
            }
            if rows.rowCount >= count { quiet = 20 }
            quiet = rows.rowCount == seen ? quiet + 1 : 0
            seen = rows.rowCount
            result = Dictionary(
                try rows.rows.map { try $0.decode((String, Double).self) }, uniquingKeysWith: { first, _ in first })
            if result.count >= count { break }
            try await Task.sleep(for: .milliseconds(250))
        }
        await pool.close()
        return result
    }
}
