import FoundationEssentials
import LibPQ
import Outbox
import Servers
import Testing

@Suite("workforce command")
struct CommandToolTests {
    @Test("serves commands, publishes their events itself if told so, and ends when it is told to", .requiresBroker)
    func dispatching() async throws {
        let ground = try await CommandGround.make("command")
        let service = try ground.start()
        let client = try await ground.client(of: service)
        try await eventually(within: .seconds(60), "the service is ready") {
            try await client.get("/readyz").status == 200
        }
        let description = try await client.get("/openapi.json")
        #expect(description.status == 200 && description.text.contains("\"openapi\": \"3.1"))

        let created = try await client.post(
            "/api/v1/organization-units",
            json: #"{"code": "O1", "name": "One", "unitType": "TEAM", "effectiveDate": "2026-01-01"}"#,
            headers: ["X-Request-Id": "request-1"])
        #expect(created.status == 201, "\(created.text)")
        #expect(created.header("X-Request-Id") == "request-1")
        try await eventually(within: .seconds(60), "the event is published") {
            try await ground.query(
                "SELECT FROM outbox_events WHERE published AND payload ->> 'requestId' = 'request-1'"
            ).rowCount == 1
        }
        let metrics = try await client.get("/metrics").text
        #expect(metrics.contains(#"route="/api/v1/organization-units",status="201"} 1"#))
        try await eventually(within: .seconds(30), "the dispatcher has counted the event") {
            try await client.get("/metrics").text.contains("outbox_dispatch_success_total 1")
        }

        let huge = try await client.post(
            "/api/v1/organization-units",
            json: #"{"code": "O2", "name": ""# + String(repeating: "x", count: 1_048_576) + #""}"#)
        #expect(huge.status == 413)
        #expect(huge.text.contains(#""success":false"#))
        #expect(huge.header("X-Request-Id") != nil)

        #expect(try await service.stop(within: .seconds(60)).isSuccess)
        #expect(!service.errorOutput.text.contains(CommandGround.secret))
        #expect(!service.errorOutput.text.contains(ground.token))
    }

    @Test("is refused without keys for tokens, with a message that names what to set")
    func withoutKeys() async throws {
        let service = try BuiltTool.workforce.start(
            ["command"], environment: ["DATABASE_URL": "postgresql://localhost/none"])
        #expect(try await service.waitForExit(within: .seconds(30)) == .exited(2))
        #expect(service.errorOutput.text.contains("WORKFORCE_JWT_SECRET"))
    }

    @Test("a database without tables, or none, makes it not ready, and its answers 503, not 500")
    func unready() async throws {
        let environment = [
            "DATABASE_URL": try await PostgresServer.shared().createDatabase("workforce_empty"),
            "WORKFORCE_COMMAND_ADDRESS": "127.0.0.1:0",
        ]
        let service = try BuiltTool.workforce.start(["command", "--dev-auth"], environment: environment)
        let client = HTTPClient(try await service.httpAddress())
        #expect(try await client.get("/readyz").status == 503)
        #expect(try await client.get("/livez").status == 200)
        #expect(try await service.stop(within: .seconds(30)).isSuccess)
    }

    @Test("sample data is made once, whoever seeds again")
    func seed() async throws {
        let url = try await PostgresServer.shared().createDatabase("workforce_seed")
        for (arguments, said) in [
            (["migrate"], "applied"), (["seed", "--tenant", "acme", "--positions", "20"], "commands done"),
            (["seed", "--tenant", "acme", "--positions", "20"], "nothing to do"),
            (["seed", "--tenant", "acme", "--positions", "25", "--filled", "0"], "5 commands done"),
        ] {
            let tool = try BuiltTool.workforce.start(arguments, environment: ["DATABASE_URL": url])
            try await tool.waitForSuccess(within: .seconds(60))
            #expect(tool.output.text.contains(said), "\(arguments): \(tool.output.text)")
        }
        let pool = PQPool(PQConfiguration(url: url), maximumConnections: 1)
        let counts = try await pool.withConnection { connection in
            try await connection.query(
                """
                SELECT concat_ws(' ', (SELECT count(*) FROM positions), (SELECT count(*) FROM outbox_events),
                    (SELECT count(*) FROM assignments) BETWEEN 10 AND 20)
                """)[0].decode(0, as: String.self)
        }
        let parts = counts.split(separator: " ")
        #expect(parts.first == "25" && parts.last == "t", "\(counts)")
        await pool.close()
    }
}
