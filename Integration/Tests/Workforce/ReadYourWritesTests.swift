import LibPQ
import Outbox
import OutboxHTTP
import QueryCache
import Servers
import Testing
import Workforce

@Suite("Reading what one has written")
struct ReadYourWritesTests {
    private static let headcount = "{ position(code: \"P1\") { headcountInUse } }"

    private func minimum(_ events: [EventReceipt]) -> String {
        events.map { "\($0.aggregateID)=\($0.sequence)" }.joined(separator: ", ")
    }

    @Test("a query waits for what it names, and then does not answer from a cache that does not know it yet")
    func waits() async throws {
        try await QueryWorld.run { query async throws in
            let world = query.world
            try await world.catalog.create(with: world.service, context: world.context())
            try await world.execute(world.catalog.position(code: "P1", title: "A"))
            try await query.catchUp()
            try await world.pool.withConnection {
                try await $0.run(
                    script: """
                        INSERT INTO outbox_cache_keys (key, consumer, projection, version)
                        VALUES ('org:position:acme:P1:v1', 'test', 'workforce', 1)
                        """)
            }
            #expect(try await query.data(Self.headcount) == ["position": ["headcountInUse": 0]])
            #expect(try await query.cache.answer(for: "org:position:acme:P1:v1") != nil)
            let filled = try await world.execute(world.fill("P1"))
            async let answer = query.data(Self.headcount, minimum: minimum(filled.events))
            try await query.catchUp()
            #expect(try await answer == ["position": ["headcountInUse": 1]])
            // Who does not ask for more is content with the cache.
            #expect(try await query.data(Self.headcount) == ["position": ["headcountInUse": 0]])
        }
    }

    @Test("past its time a query is answered with 504 and what was reached")
    func timesOut() async throws {
        try await QueryWorld.run(minimumSequenceTimeout: .milliseconds(20)) { query async throws in
            let world = query.world
            try await world.catalog.create(with: world.service, context: world.context())
            let created = try await world.execute(world.catalog.position(code: "P1", title: "A"))
            try await query.catchUp()
            let filled = try await world.execute(world.fill("P1"))
            let (status, answer) = try await query.ask(Self.headcount, minimum: minimum(filled.events))
            #expect(status == .gatewayTimeout)
            #expect(answer["data"] == nil)
            guard case .array(let errors)? = answer["errors"], let extensions = errors.first?["extensions"] else {
                Issue.record("no extensions: \(answer)")
                return
            }
            #expect(extensions["code"] == "MIN_SEQUENCE_TIMEOUT")
            #expect(
                extensions["reached"]
                    == .array([
                        [
                            "aggregateId": .string(filled.events[0].aggregateID),
                            "wanted": .integer(filled.events[0].sequence), "reached": .null,
                        ],
                        [
                            "aggregateId": "P1", "wanted": .integer(filled.events[1].sequence),
                            "reached": .integer(try #require(created.sequence)),
                        ],
                    ]))
        }
    }

    @Test(
        "a header that is no list of sequences is refused", arguments: ["P1", "P1=x", "=1", "P1=1;P2=1", "P1=1,"])
    func refused(header: String) async throws {
        try await QueryWorld.run { query async throws in
            let (status, answer) = try await query.ask(Self.headcount, minimum: header)
            #expect(status == .badRequest)
            #expect(QueryAPITests.codes(answer) == ["BAD_REQUEST"])
        }
    }
}
