import FoundationEssentials
import Outbox
import Servers
import Testing
import Workforce

@Suite("Hostile requests to the query service")
struct HostileQueryTests {
    private static func document(_ text: String) -> [UInt8] { JSONValue.object(["query": .string(text)]).serialized() }

    private static func repeated(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }

    private static let bodies: [(name: String, status: Int, bytes: [UInt8])] = [
        ("nothing", 400, []), ("over the limit", 413, document(repeated(" ", 1_048_577))),
        ("megabytes", 413, [UInt8](repeating: 0x5B, count: 4_000_000)),
        ("deep JSON", 400, Array(repeated("[", 500_000).utf8)),
        ("deep JSON, closed", 400, Array((repeated("[", 50_000) + repeated("]", 50_000)).utf8)),
        ("null", 400, Array("null".utf8)), ("text", 400, Array("\"{ __typename }\"".utf8)),
        ("plain", 400, Array("{ __typename }".utf8)), ("no query", 400, Array("{}".utf8)),
        ("several", 400, Array(#"[{"query":"{ __typename }"},{"query":"{ __typename }"}]"#.utf8)),
        ("query of no text", 400, Array(#"{"query":{"a":1}}"#.utf8)),
        ("null query", 400, Array(#"{"query":null}"#.utf8)),
        ("variables of no object", 400, Array(#"{"query":"{ __typename }","variables":[1]}"#.utf8)),
        ("variables as text", 400, Array(#"{"query":"{ __typename }","variables":"{}"}"#.utf8)),
        ("name of no text", 400, Array(#"{"query":"{ __typename }","operationName":1}"#.utf8)),
        ("unknown name", 400, Array(#"{"query":"query A { __typename }","operationName":"B"}"#.utf8)),
        ("broken UTF-8", 400, Array(#"{"query":"{ __typename } #"#.utf8) + [0xC3, 0x28] + Array("\"}".utf8)),
        ("surrogate", 400, Array(#"{"query":"{ position(code: \"\ud800\") { code } }"}"#.utf8)),
        ("empty document", 400, document("")), ("braces", 400, document(repeated("{", 100_000))),
        ("deep selections", 400, document(repeated("{a", 20_000) + repeated("}", 20_000))),
        ("deep lists", 400, document("{ position(code: \(repeated("[", 20_000))\(repeated("]", 20_000))) { code } }")),
        (
            "deep objects", 400,
            document("{ positions(filter: \(repeated("{a:", 20_000))1\(repeated("}", 20_000))) { totalCount } }")
        ),
        ("deep types", 400, document("query($a: \(repeated("[", 20_000))Int\(repeated("]", 20_000))) { __typename }")),
        (
            "aliases", 400,
            document("{ \((0..<10_000).map { "a\($0): positions { totalCount }" }.joined(separator: " ")) }")
        ),
        ("fields", 400, document("{ position(code: \"P1\") { \(repeated("code ", 100_000)) } }")),
        ("directives", 400, document("{ __typename \(repeated("@skip(if: false) ", 50_000)) }")),
        ("string without end", 400, document("{ position(code: \"P1")),
        ("block string without end", 400, document("{ position(code: \"\"\"P1\") { code } }")),
        ("number", 400, document("{ positions(pagination: {page: 99999999999999999999}) { totalCount } }")),
        ("unknown field", 400, document("{ users { password } }")),
        ("unknown variable", 400, document("{ position(code: $code) { code } }")),
        (
            "cycle", 400,
            document(
                "{ position(code: \"P1\") { ...A } } fragment A on Position { ...B } fragment B on Position { ...A }")
        ),
        ("mutation", 400, document("mutation { deletePosition(code: \"P1\") { code } }")),
        ("subscription", 400, document("subscription { position(code: \"P1\") { code } }")),
        ("schema", 400, document("type Query { a: Int }")),
        (
            "variable of a wrong type", 400,
            Array(
                #"{"query":"query($c: String!) { position(code: $c) { code } }","variables":{"c":{"$ne":null}}}"#.utf8)
        ),
        (
            "deep variable", 400,
            Array(#"{"query":"query($c: String!) { position(code: $c) { code } }","variables":{"c":"#.utf8)
                + Array((repeated("[", 20_000) + repeated("]", 20_000) + "}}").utf8)
        ),
    ]

    @Test("no document that is huge, deep, broken or of wrong types is answered, and nothing changes")
    func documents() async throws {
        try await RunningServices.run(withQueries: true) { services in
            let before = try await services.fingerprint()
            for body in Self.bodies {
                let answer = try await services.graphQL(body: body.bytes)
                #expect(answer.status == body.status, "\(body.name): \(answer.status) \(answer.text.prefix(300))")
                #expect(answer.header("X-Request-Id") != nil, "\(body.name)")
            }
            let fine = Self.document("{ position(code: \"P1\") { code } }")
            for type in ["text/plain", "application/graphql", "application/x-www-form-urlencoded", "application/jsonp"]
            {
                let answer = try await services.graphQL(body: fine, headers: ["Content-Type": type])
                #expect(answer.status == 415, "\(type)")
            }
            #expect(try await services.graphQL(body: fine).status == 200)
            #expect(try await services.fingerprint() == before)
        }
    }

    @Test("SQL in an argument finds nothing and does nothing")
    func injection() async throws {
        try await RunningServices.run(withQueries: true) { services in
            let before = try await services.fingerprint()
            let query = """
                query($t: String!) {
                    position(code: $t) { code } organization(code: $t) { code }
                    assignments(positionCode: $t) { totalCount } assignmentHistory(positionCode: $t) { totalCount }
                    stats: assignmentStats(positionCode: $t) { positionCode }
                }
                """
            for text in ["P1' OR '1'='1", "P1'; DROP TABLE read_model.positions; --", "%", "P1\\", "acme:P1", "*", "🦄"]
            {
                let body = JSONValue.object(["query": .string(query), "variables": ["t": .string(text)]])
                let answer = try await services.graphQL(body: body.serialized())
                #expect(answer.status == 200)
                #expect(
                    try JSONValue(parsing: answer.body)["data"] == [
                        "position": .null, "organization": .null, "assignments": ["totalCount": 0],
                        "assignmentHistory": ["totalCount": 0], "stats": .null,
                    ], "\(text): \(answer.text)")
            }
            #expect(try await services.fingerprint() == before)
        }
    }

    @Test("the character U+0000, which no database text can hold, is the asker's mistake")
    func nul() async throws {
        try await RunningServices.run(withQueries: true) { services in
            for field in [
                "position(code: \"\u{0}\") { code }", "organization(code: \"\u{0}\") { code }",
                "assignmentStats(positionCode: \"a\\u0000\") { positionCode }",
                "positions(filter: {titleContains: \"\u{0}\"}) { totalCount }",
                "assignments(positionCode: \"\u{0}\") { totalCount }",
            ] {
                let answer = try await services.graphQL("{ \(field) }", tenant: "acme")
                let errors = try JSONValue(parsing: answer.body)["errors"]?.items ?? []
                #expect(errors.first?["extensions"]?["code"] == "BAD_USER_INPUT", "\(field): \(answer.text)")
            }
        }
    }

    @Test("headers, methods and tokens that are not right are refused")
    func headers() async throws {
        try await RunningServices.run(withQueries: true) { services in
            let fine = Self.document("{ position(code: \"P1\") { code } }")
            let many = (0..<1_000).map { "P\($0)=1" }.joined(separator: ",")
            for minimum in ["P1", "P1=", "=1", "P1=x", "P1=-1", "P1=1;P2=2", "P1=99999999999999999999", "P1=1=1", many]
            {
                let answer = try await services.graphQL(body: fine, headers: ["X-Min-Sequence": minimum])
                #expect(answer.status == 400, "\(minimum.prefix(50)): \(answer.status)")
            }
            let client = try services.queryClient()
            let token = ["Authorization": "Bearer \(try RunningServices.token(roles: [.reader]))"]
            for method in ["GET", "PUT", "DELETE", "PATCH"] {
                let answer = try await client.send(
                    method, "/graphql?query=%7B__typename%7D", headers: token, body: method == "GET" ? nil : fine)
                #expect(answer.status == 405, "\(method)")
            }
            for (bad, status) in [
                ([:], 401), (["Authorization": "Bearer x.y.z"], 401), (["Authorization": "Basic eDp5"], 401),
                (["Authorization": "Bearer \(try RunningServices.token(roles: []))"], 403),
                (
                    ["Authorization": "Bearer \(try RunningServices.token(secret: String(repeating: "x", count: 40)))"],
                    401
                ),
            ] as [([String: String], Int)] {
                let answer = try await client.send("POST", "/graphql", json: "{}", headers: bad)
                #expect(answer.status == status, "\(bad)")
            }
            // What is open shows no data.
            for path in ["/", "/health", "/metrics"] {
                let answer = try await client.get(path)
                #expect(answer.status == 200, "\(path)")
                #expect(!answer.text.contains("Engineer") && !answer.text.contains("acme"), "\(path)")
            }
            #expect(try await client.get("/").header("Content-Security-Policy") != nil)
        }
    }
}
