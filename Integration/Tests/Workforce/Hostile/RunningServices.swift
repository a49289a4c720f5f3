import FoundationEssentials
import IdempotentConsumer
import LibPQ
import Outbox
import OutboxJWT
import OutboxTelemetry
import QueryCache
import Servers
import Testing
import Workforce

/// The services as processes, over a world with a catalog, the position P1 and an assignment to it.
struct RunningServices {
    let world: WorkforceWorld
    let command: HTTPClient
    let assignmentID: String
    /// The command service's routes, as it describes them itself.
    let operations: [Operation]
    private let query: HTTPClient?

    private static let secret = "a secret of at least thirty-two bytes"

    /// - Parameter withQueries: whether there is `workforce query` too, over the same database and without Kafka: a test
    ///   applies what was written by ``catchUp()``.
    static func run(withQueries: Bool = false, _ body: (RunningServices) async throws -> Void) async throws {
        try await WorkforceWorld.run { world in
            try await world.catalog.create(with: world.service, context: world.context())
            try await world.execute(world.catalog.position(code: "P1", title: "Engineer", headcountCapacity: 2))
            let assignment = try await world.execute(world.fill("P1")).outcome.assignmentId.uuidString.lowercased()
            let command = try BuiltTool.workforce.start(
                ["command"],
                environment: [
                    "DATABASE_URL": world.pool.configuration.url, "WORKFORCE_COMMAND_ADDRESS": "127.0.0.1:0",
                    "WORKFORCE_JWT_SECRET": secret,
                ])
            let client = try await command.waitUntilReady()
            let operations = try await Operation.all(in: client, code: "P1", assignmentID: assignment)
            let query = withQueries ? try await startQueries(world) : nil
            let services = RunningServices(
                world: world, command: client, assignmentID: assignment, operations: operations,
                query: try await query?.waitUntilReady())
            if withQueries { try await services.catchUp() }
            try await body(services)
            for process in [command, query].compactMap(\.self) {
                #expect(process.isRunning)
                try await process.stop()
            }
        }
    }

    private static func startQueries(_ world: WorkforceWorld) async throws -> ChildProcess {
        try await world.pool.withConnection { connection in
            _ = try await IdempotentConsumer.migrations.apply(on: connection)
            _ = try await PostgresQueryCache.migrations.apply(on: connection)
        }
        return try BuiltTool.workforce.start(
            ["query", "--no-consume"],
            environment: [
                "QUERY_DATABASE_URL": world.pool.configuration.url, "WORKFORCE_QUERY_ADDRESS": "127.0.0.1:0",
                "WORKFORCE_JWT_SECRET": secret, "WORKFORCE_MIN_SEQUENCE_TIMEOUT": "250ms",
            ])
    }

    static func token(tenant: String = "acme", roles: Set<Role> = [.admin], secret: String = secret) throws -> String {
        let caller = Caller(userID: "mallory", tenantID: tenant, roles: roles)
        return try TokenMinter(secret: Secret(Array(secret.utf8))).mint(CallerClaims(caller, duration: .seconds(3600)))
    }

    /// Calls an operation with a good token.
    func send(
        _ operation: Operation, _ body: [UInt8], tenant: String = "acme", headers: [String: String] = [:]
    ) async throws -> HTTPAnswer {
        let own = ["Authorization": "Bearer \(try Self.token(tenant: tenant))", "Content-Type": "application/json"]
        return try await command.send(
            operation.method, operation.path, headers: own.merging(headers) { $1 }, body: body)
    }

    /// Does what the consumer would: applies what the commands wrote, and lets the cache take answers made from it.
    func catchUp() async throws {
        let events = try await world.received()
        let keys = Set(events.flatMap { WorkforceProjection().cacheKeys(touchedBy: $0) }).sorted()
        try await world.apply(events)
        try await world.pool.withConnection { connection in
            try await connection.execute(
                """
                INSERT INTO outbox_cache_keys AS known (key, consumer, projection, version)
                SELECT key, 'workforce', 'workforce', 1 FROM unnest(\(keys)) AS key
                ON CONFLICT (key) DO UPDATE SET version = known.version + 1
                """)
            try await connection.execute("DELETE FROM query_cache")
        }
    }

    func queryClient() throws -> HTTPClient { try #require(query) }

    /// Posts a body to `/graphql` with a good token.
    func graphQL(
        body: [UInt8], tenant: String = "acme", headers: [String: String] = [:]
    ) async throws -> HTTPAnswer {
        let own = ["Authorization": "Bearer \(try Self.token(tenant: tenant))", "Content-Type": "application/json"]
        return try await queryClient().send("POST", "/graphql", headers: own.merging(headers) { $1 }, body: body)
    }

    func graphQL(
        _ document: String, tenant: String, headers: [String: String] = [:]
    ) async throws -> HTTPAnswer {
        try await graphQL(
            body: JSONValue.object(["query": .string(document)]).serialized(), tenant: tenant, headers: headers)
    }

    /// Asks the query service, which must answer.
    func ask(_ document: String, tenant: String) async throws -> JSONValue {
        let answer = try await graphQL(document, tenant: tenant)
        #expect(answer.status == 200, "\(document): \(answer.text.prefix(300))")
        return try JSONValue(parsing: answer.body)
    }

    /// All rows of all tables but the cache's, which queries fill, as a text that changes with any of them.
    func fingerprint() async throws -> String {
        try await world.pool.withConnection { connection in
            let tables = try await connection.query(
                """
                SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
                WHERE schemaname NOT IN ('pg_catalog', 'information_schema') AND tablename <> 'query_cache' ORDER BY 1
                """
            ).rows.map { try $0.decode(0, as: String.self) }
            var lines: [String] = []
            for table in tables {
                let digest = try await connection.query(
                    PQStatement(
                        unsafe: "SELECT md5(coalesce(string_agg(t::text, '' ORDER BY t::text), '')) FROM \(table) t"))
                lines.append("\(table) \(try digest[0].decode(0, as: String.self))")
            }
            return lines.joined(separator: "\n")
        }
    }
}
