import FoundationEssentials
import Outbox
import Servers
import Testing
import Workforce

@Suite("Tools: workforce query", .requiresBroker, .serialized)
struct QueryServiceTests {
    private static let settings: [String: String?] = [
        "WORKFORCE_QUERY_ADDRESS": "127.0.0.1:0", "WORKFORCE_JWT_SECRET": "a secret that is only good for this test",
    ]

    /// A tenant's catalog and P1, filled; the events of all that shows in ``answer``.
    private func fill(_ chain: Chain) async throws -> [EventReceipt] {
        let world = try WorkforceWorld(pool: chain.outbox.pool)
        let catalog = try await world.catalog.create(with: world.service, context: world.context())
        try await world.execute(world.catalog.position(code: "P1", title: "Engineer"))
        return try await catalog + world.execute(world.fill("P1")).events
    }

    private func token(_ chain: Chain, role: String = "reader") async throws -> [String: String] {
        let text = try await chain.run(
            .workforce, ["token", "--user", "ada", "--tenant", "acme", "--role", role], Self.settings)
        let token = text.split(separator: "\n").last.map(String.init) ?? ""
        return ["Authorization": "Bearer \(token)", "Content-Type": "application/json"]
    }

    /// Asks after what was written; as slow as the machine may be, a time-out only means to ask again.
    private func read(
        _ events: [EventReceipt], _ client: HTTPClient, _ headers: [String: String]
    ) async throws -> HTTPAnswer {
        let minimums = events.map { "\($0.aggregateID)=\($0.sequence)" }.joined(separator: ",")
        let headers = headers.merging(["X-Min-Sequence": minimums]) { $1 }
        var answer = try await client.send("POST", "/graphql", headers: headers, body: Self.query)
        try await eventually(within: .seconds(60), "the query service has applied what was written") {
            if answer.status != 504 { return true }
            answer = try await client.send("POST", "/graphql", headers: headers, body: Self.query)
            return false
        }
        return answer
    }

    private static let query = Array(
        #"{"query": "{ position(code: \"P1\") { headcountInUse organizationName } }"}"#.utf8)
    private static let answer = JSONValue.object([
        "data": .object([
            "position": .object([
                "headcountInUse": .integer(1), "organizationName": .string("Platform Engineering"),
            ])
        ])
    ])

    @Test("one process keeps the read model and answers; who has written reads it at once; then the cache answers")
    func all() async throws {
        try await Chain.with { chain in
            let dispatcher = try chain.dispatcher()
            let service = try chain.start(.workforce, ["query"], Self.settings)
            let client = try await service.waitUntilReady()
            let events = try await fill(chain)
            let headers = try await token(chain)
            let first = try await read(events, client, headers)
            #expect(first.status == 200)
            #expect(try JSONValue(parsing: first.body) == Self.answer, "\(first.text)")
            #expect(first.header("X-Request-Id") != nil)

            try await chain.waitForFreshCache()
            // A cache that takes its time, as on a busy machine, is passed over.
            try await eventually(within: .seconds(60), "the cache has answered") {
                let again = try await client.send("POST", "/graphql", headers: headers, body: Self.query)
                #expect(try JSONValue(parsing: again.body) == Self.answer, "\(again.text)")
                return try await !client.get("/metrics").text.contains("\nquery_cache_hit_total 0\n")
            }
            let metrics = try await client.get("/metrics").text
            #expect(metrics.contains(#"total{method="POST",route="/graphql",status="200"} "#))
            #expect(metrics.contains("\nworkforce_query_wait_seconds_count "))
            try await eventually(within: .seconds(60), "it is well") { try await client.get("/health").status == 200 }
            #expect(try await client.get("/").text.contains("<title>workforce query</title>"))
            #expect(try await service.stop(within: .seconds(60)) == .exited(0))
            #expect(try await dispatcher.stop(within: .seconds(60)) == .exited(0))
        }
    }

    @Test("queries need a good token for the tenant that is named")
    func access() async throws {
        try await Chain.with { chain in
            let service = try chain.start(.workforce, ["query", "--no-consume"], Self.settings)
            let client = try await service.waitUntilReady()
            func status(_ headers: [String: String]) async throws -> Int {
                try await client.send("POST", "/graphql", headers: headers, body: Self.query).status
            }
            let good = try await token(chain)
            #expect(try await status(good) == 200)
            #expect(try await status(good.merging(["X-Tenant-ID": "acme"]) { $1 }) == 200)
            #expect(try await status(good.merging(["X-Tenant-ID": "globex"]) { $1 }) == 403)
            #expect(try await status(good.merging(["Authorization": "Bearer x"]) { $1 }) == 401)
            #expect(try await status(["Content-Type": "application/json"]) == 401)
            let large = good.merging(["X-Tenant-ID": "acme"]) { $1 }
            #expect(
                try await client.send(
                    "POST", "/graphql", headers: large, body: Array(repeating: 0x20, count: 1_100_000)
                ).status == 413)
            #expect(try await service.stop(within: .seconds(60)) == .exited(0))
        }
    }

    @Test("with the cache in Redis, a Redis that hangs or is gone costs no answer, and afterwards shows no old one")
    func redis() async throws {
        try await Chain.with { chain in
            let redis = try await RedisServer.start()
            let dispatcher = try chain.dispatcher()
            let service = try chain.start(
                .workforce, ["query"],
                Self.settings.merging(["QUERY_CACHE_URL": "redis://127.0.0.1:\(redis.port)"]) { $1 })
            let client = try await service.waitUntilReady()
            let headers = try await token(chain)
            func headcount(_ answer: HTTPAnswer) throws -> JSONValue? {
                try JSONValue(parsing: answer.body)["data"]?["position"]?["headcountInUse"]
            }
            func ask() async throws -> JSONValue? {
                try headcount(try await client.send("POST", "/graphql", headers: headers, body: Self.query))
            }
            let world = try WorkforceWorld(pool: chain.outbox.pool)
            #expect(try headcount(try await read(try await fill(chain), client, headers)) == 1)
            try await chain.waitForFreshCache()
            #expect(try await ask() == 1)

            redis.pause()
            for _ in 0..<5 { #expect(try await ask() == 1) }
            let vacated = try await world.execute(VacatePosition(positionCode: "P1"))
            #expect(try headcount(try await read(vacated.events, client, headers)) == 0)
            redis.resume()
            try await chain.waitForFreshCache()
            #expect(try await ask() == 0)

            redis.kill()
            let filled = try await world.execute(world.fill("P1"))
            #expect(try headcount(try await read(filled.events, client, headers)) == 1)
            #expect(try await ask() == 1)
            #expect(try await client.get("/metrics").text.contains("query_cache_errors_total{operation=\"answer\"}"))
            #expect(try await service.stop(within: .seconds(60)) == .exited(0))
            #expect(try await dispatcher.stop(within: .seconds(60)) == .exited(0))
        }
    }

    @Test("an instance that only answers shows what another process applies, and needs no broker")
    func withoutConsumer() async throws {
        try await Chain.with { chain in
            let dispatcher = try chain.dispatcher()
            let consumer = try chain.consumer()
            let service = try chain.start(
                .workforce, ["query", "--no-consume"],
                Self.settings.merging(["KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1"]) { $1 })
            let client = try await service.waitUntilReady()
            _ = try await fill(chain)
            let headers = try await token(chain, role: "admin")
            try await eventually(within: .seconds(120), "the position is answered as it is") {
                let answer = try await client.send("POST", "/graphql", headers: headers, body: Self.query)
                return try JSONValue(parsing: answer.body) == Self.answer
            }
            #expect(try await service.stop(within: .seconds(60)) == .exited(0))
            #expect(try await consumer.stop(within: .seconds(60)) == .exited(0))
            #expect(try await dispatcher.stop(within: .seconds(60)) == .exited(0))
        }
    }

    @Test("without keys for tokens nothing is started")
    func withoutKeys() async throws {
        try await Chain.with { chain in
            let service = try chain.start(
                .workforce, ["query", "--no-consume"], ["WORKFORCE_QUERY_ADDRESS": "127.0.0.1:0"])
            #expect(try await service.waitForExit(within: .seconds(60)) == .exited(2))
            #expect(service.errorOutput.text.contains("WORKFORCE_JWT_SECRET"))
        }
    }
}
