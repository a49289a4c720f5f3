import IdempotentConsumer
import LibPQ
import Outbox
import OutboxDispatcher
import OutboxTelemetry
import QueryCache
import QueryCacheRedis

// The Swift of README.md and of the articles, word for word, so that it is compiled; ReadmeSnippetTests compares them.

enum Snippets {
    static func migrate(pool: PQPool) async throws {
        try await pool.withConnection { connection in
            // Where events are written:
            try await OutboxMigrations.apply(on: connection)
            // Where the read model is, and the cache:
            try await IdempotentConsumer.migrations.apply(on: connection)
            try await PostgresQueryCache.migrations.apply(on: connection)
        }
    }

    static func write(pool: PQPool, code: String, title: String, requestID: String) async throws {
        let repository = OutboxRepository()
        let context = EventContext(tenantID: "acme", requestID: requestID, operation: "RenamePosition")

        try await pool.withTransaction { transaction in
            try await transaction.execute("UPDATE positions SET title = \(title) WHERE code = \(code)")
            let event = try OutboxEventBuilder(context: context).event(
                type: "position.updated", aggregateID: code, payload: ["title": title])
            try await repository.save(event, in: transaction)
        }
    }

    static func dispatch(
        databaseURL: String, brokers: String, serve: (Dispatcher) async throws -> Void
    ) async throws {
        let configuration = DispatcherConfiguration(instance: "positions-1", bootstrapServers: brokers)
        let sessions = PQConfiguration(url: databaseURL, sessionSettings: Dispatcher.sessionSettings)
        let dispatcher = try Dispatcher(configuration, pool: PQPool(sessions, maximumConnections: 4))

        async let dispatching: Void = dispatcher.run()
        // Your service; after a commit it may call dispatcher.nudge(), so that its events don't wait for the next look.
        try await serve(dispatcher)
        // Finishes what is in flight, and hands the lanes over.
        dispatcher.drain()
        try await dispatching
    }

    static func consume(queryDatabaseURL: String, brokers: String) async throws {
        let configuration = ConsumerConfiguration(
            name: "position-titles", bootstrapServers: brokers, aggregateTypes: ["position"])
        let pool = PQPool(
            PQConfiguration(url: queryDatabaseURL), maximumConnections: configuration.parallelism + 2)
        let cache = PostgresQueryCache(pool: pool)
        let consumer = try IdempotentConsumer(
            configuration: configuration, pool: pool, projections: [PositionTitles()], cache: cache)

        // Until drain() is called, or the task is cancelled:
        try await consumer.run()
    }

    static func redis(url: String) throws -> some QueryCache {
        let cache = RedisQueryCache(try RedisConfiguration(url: url))
        return cache
    }

    static func metrics() -> String {
        MetricsRegistry.shared.addProcessMetrics()
        let text = MetricsRegistry.shared.exposition()
        return text
    }

    static func titles(databaseURL: String, code: String) async throws -> [String] {
        let pool = PQPool(PQConfiguration(url: databaseURL), maximumConnections: 4)
        let titles = try await pool.withTransaction { transaction in
            try await transaction.query("SELECT title FROM positions WHERE code = \(code)")
                .rows.map { try $0.decode(0, as: String.self) }
        }
        return titles
    }

    static func answer(from cache: some QueryCache) async throws -> [UInt8]? {
        if let entry = try await cache.answer(for: PositionTitles.key("P1000033")) {
            // JSON text; entry.version grows with every change.
            return entry.value
        }
        return nil
    }
}

struct PositionTitles: Projection {
    let name = "position-titles"
    let eventTypes: Set<String> = ["position.created", "position.updated"]

    private struct Payload: Decodable { let title: String }

    func apply(_ events: [ReceivedEvent], in transaction: PQTransaction) async throws {
        for event in events {
            let title = try event.decode(Payload.self).title
            try await transaction.execute(
                """
                INSERT INTO position_titles (code, title) VALUES (\(event.aggregateID), \(title))
                ON CONFLICT (code) DO UPDATE SET title = excluded.title
                """)
        }
    }

    func cacheKeys(touchedBy event: ReceivedEvent) -> [String] { [Self.key(event.aggregateID)] }

    func answers(for keys: [String], in session: any PQSession) async throws -> [String: [UInt8]] {
        let codes = keys.map { String($0.dropFirst(Self.key("").count)) }
        let titles = try await session.query(
            """
            SELECT code, json_build_object('code', code, 'title', title)::text
            FROM position_titles WHERE code = ANY(\(codes))
            """)
        var answers: [String: [UInt8]] = [:]
        for row in titles.rows {
            let (code, answer) = try row.decode((String, String).self)
            answers[Self.key(code)] = Array(answer.utf8)
        }
        return answers
    }

    static func key(_ code: String) -> String { "position-title/" + code }
}
