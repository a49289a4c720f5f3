import FoundationEssentials
import LibPQ
import Outbox
import Servers
import Testing

@Suite("Console", .requiresBroker)
struct ConsoleTests {
    private static let token = "correct-horse-battery"
    private static let quick: [String: String?] = [
        "OUTBOX_DISPATCH_MAX_RETRY": "1", "OUTBOX_DISPATCH_INTERVAL": "100ms",
    ]

    @Test("without a token the console is read-only, with one only who shows it changes anything, by name")
    func operators() async throws {
        try await Chain.with { chain in
            let reader = try chain.dispatcher(Self.quick)
            let readOnly = try await reader.waitUntilReady()
            let body = #"{"operator":"ada","all":true,"reason":"mended"}"#
            #expect(
                try await readOnly.post("/console/retry", json: body, headers: Self.bearer(Self.token)).status == 404)
            #expect(try await reader.stop(within: .seconds(60)) == .exited(0))

            let dispatcher = try chain.dispatcher(Self.withOperators(chain))
            let console = try await dispatcher.waitUntilReady()
            try await chain.insert(["P1"], events: 3, poison: 1)
            try await eventually(within: .seconds(60), "the event is parked") {
                try await chain.outbox.count("parked_at IS NOT NULL") == 1
            }
            for headers in [[:], Self.bearer("correct-horse-batterX"), ["Authorization": Self.token]] {
                #expect(try await console.post("/console/retry", json: body, headers: headers).status == 401)
            }
            // Now it is the one who guesses that must wait, whatever he shows.
            let late = try await console.post("/console/retry", json: body, headers: Self.bearer(Self.token))
            #expect(late.status == 429)
            let foreign = Self.bearer(Self.token).merging(["Origin": "http://evil.example"]) { $1 }
            #expect(try await console.post("/console/retry", json: body, headers: foreign).status == 403)
            #expect(try await chain.audit().isEmpty)

            try await chain.mend("aggregate_id = 'P1'")
            try await eventually(within: .seconds(60), "the right token is taken again") {
                let status = try await console.post("/console/retry", json: body, headers: Self.bearer(Self.token))
                    .status
                return status == 200
            }
            try await chain.waitUntilPublished(3)
            #expect(try await chain.numbers(of: "P1") == [1, 2, 3])
            let entry = try #require(try await chain.audit().first)
            #expect(entry.actor == "ada" && entry.action == "parked.retry" && entry.reason == "mended")
            let again = try await console.post("/console/retry", json: body, headers: Self.bearer(Self.token))
            #expect(again.status == 409)
            #expect(!dispatcher.errorOutput.text.contains(Self.token))
        }
    }

    @Test("a discard takes one event and a reason, and the audit keeps the event")
    func discard() async throws {
        try await Chain.with { chain in
            let dispatcher = try chain.dispatcher(Self.withOperators(chain))
            let console = try await dispatcher.waitUntilReady()
            try await chain.insert(["P1"], events: 2, poison: 1)
            try await eventually(within: .seconds(60), "the event is parked") {
                try await chain.outbox.count("parked_at IS NOT NULL") == 1
            }
            let state = try JSONValue(parsing: try await console.get("/console/state").body)
            let row = try #require(state["held"]?["rows"]?.elements.first)
            let id = try #require(row["eventID"]?.stringValue)
            func discard(_ json: String) async throws -> Int {
                try await console.post("/console/discard", json: json, headers: Self.bearer(Self.token)).status
            }
            #expect(try await discard(#"{"operator":"ada","all":true,"reason":"r"}"#) == 400)
            #expect(try await discard(#"{"operator":"ada","eventID":"\#(id)"}"#) == 400)
            #expect(try await discard(#"{"operator":"","eventID":"\#(id)","reason":"r"}"#) == 400)
            #expect(try await chain.outbox.count("parked_at IS NOT NULL") == 1)
            #expect(try await discard(#"{"operator":"ada","eventID":"\#(id)","reason":"not wanted"}"#) == 200)
            try await chain.waitUntilPublished(1)
            let entry = try #require(try await chain.audit("parked.discard").first)
            #expect(entry.event?["payload"] == 1)
        }
    }

    @Test("answers keep other sites away, secrets are masked, and the page says where the trouble is")
    func reading() async throws {
        try await Chain.with { chain in
            let dispatcher = try chain.dispatcher(Self.quick)
            let console = try await dispatcher.waitUntilReady()
            for path in ["/", "/console/console.css", "/console/console.js", "/console/state"] {
                let answer = try await console.get(path)
                #expect(answer.status == 200)
                #expect(answer.header("Content-Security-Policy")?.hasPrefix("default-src 'none'") == true)
                #expect(answer.header("X-Content-Type-Options") == "nosniff")
                #expect(answer.header("Cache-Control") == "no-store")
                #expect(try await console.get(path, headers: ["Host": "evil.example"]).status == 403)
            }
            try await chain.outbox.run(
                """
                INSERT INTO outbox_events (event_id, aggregate_id, aggregate_type, event_type, payload, headers)
                VALUES (gen_random_uuid(), 'P1', 'nowhere', 'nowhere.made', '{"user": {"apiKey": "hunter2"}}',
                    '{"authorization": "Bearer hunter3"}')
                """)
            try await eventually(within: .seconds(60), "the missing topic is named") {
                let text = try await console.get("/console/state").text
                return text.contains(#""id":"topic-missing""#)
            }
            let sequence = try await chain.outbox.pool.withConnection { connection in
                try await connection.query("SELECT max(id) FROM outbox_events").int64(row: 0, column: 0)
            }
            let event = try await console.get("/console/event/\(sequence)")
            #expect(event.status == 200)
            #expect(!event.text.contains("hunter"))
            #expect(event.text.contains("apiKey"))
            #expect(try await console.get("/console/event/\(sequence + 1)").status == 404)
            #expect(try await console.get("/console/event/x").status == 400)
            #expect(try await console.get("/console/held?before=1").status == 200)
        }
    }

    /// With a role for the dispatcher that may not do what operators do.
    private static func withOperators(_ chain: Chain) -> [String: String?] {
        quick.merging([
            "OUTBOX_OPERATOR_TOKEN": token, "OUTBOX_OPERATOR_DATABASE_URL": chain.outbox.url,
        ]) { $1 }
    }

    private static func bearer(_ token: String) -> [String: String] { ["Authorization": "Bearer \(token)"] }
}
