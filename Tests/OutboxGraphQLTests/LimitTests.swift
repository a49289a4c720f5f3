import LibrarySchema
import OutboxGraphQL
import Synchronization
import Testing

@Suite("limits")
struct LimitTests {
    /// The only error's message, when it is about a limit.
    private func refusal(_ query: String, _ limits: GraphQLLimits = GraphQLLimits()) async throws -> String? {
        let schema = try Library.schema(limits: limits)
        let response = await schema.execute(GraphQLRequest(query: query), context: Library.context)
        guard response.errors.count == 1, response.errors.first?.code == .limit else { return nil }
        return response.errors.first?.message
    }

    @Test("what is too large is refused with the limit's name, and what is just small enough is not")
    func each() async throws {
        let query = "{ a: add(first: 1) ...F } fragment F on Query { b: authors { name } }"
        let fitting = GraphQLLimits(
            documentBytes: 69, tokens: 25, nesting: 2, depth: 2, fields: 3, aliases: 2, resultValues: 6)
        func refusal(_ change: (inout GraphQLLimits) -> Void) async throws -> String? {
            var limits = fitting
            change(&limits)
            return try await self.refusal(query, limits)
        }
        #expect(try await Library.ask(query, limits: fitting).hasPrefix(#"{"data":"#))
        #expect(try await refusal { $0.documentBytes -= 1 } == "the document has more than 68 bytes")
        #expect(try await refusal { $0.tokens -= 1 } == "the document has more than 24 tokens")
        #expect(try await refusal { $0.nesting -= 1 } == "braces and brackets are nested deeper than 1")
        #expect(try await refusal { $0.depth -= 1 } == "the operation has more than 1 fields within each other")
        #expect(try await refusal { $0.fields -= 1 } == "the operation has more than 2 fields")
        #expect(try await refusal { $0.aliases -= 1 } == "the operation has more than 1 aliases")
        #expect(try await refusal { $0.resultValues -= 1 } == "the answer has more than 5 values: ask for less")
    }

    @Test(
        "no nesting exhausts the stack",
        arguments: [
            ("", "{a"), ("{add(first: ", "["), ("{add(first: ", "{a: "), ("", "{..."), ("query ($a: ", "["),
        ])
    func nesting(start: String, step: String) async throws {
        let query = start + String(repeating: step, count: 200_000)
        let large = GraphQLLimits(documentBytes: .max, tokens: .max)
        #expect(try await refusal(query, large) == "braces and brackets are nested deeper than 64")
    }

    @Test("fragments that double each other are refused without being put in their places", .timeLimit(.minutes(1)))
    func doubling() async throws {
        let fragments = (0..<60).map { "fragment F\($0) on Query { ...F\($0 + 1) ...F\($0 + 1) }" }
        let query = "{ ...F0 } \(fragments.joined(separator: " ")) fragment F60 on Query { authors { name } }"
        #expect(try await refusal(query) == "the operation has more than 1000 fields")
    }

    @Test("a long chain of fragments is refused before it is followed")
    func chain() async throws {
        let fragments = (0..<500).map { "fragment F\($0) on Query { ...F\($0 + 1) }" }
        let query = "{ ...F0 } \(fragments.joined(separator: " ")) fragment F500 on Query { add(first: 1) }"
        #expect(try await refusal(query) == "fragments are nested deeper than 64")
    }

    @Test("many fields of one name are compared in time that grows with their number", .timeLimit(.minutes(1)))
    func merging() async throws {
        let limits = GraphQLLimits(documentBytes: .max, tokens: .max, fields: 20_000)
        let fields = String(repeating: "authors { name books { id } } ", count: 4_000)
        #expect(try Library.schema(limits: limits).validate("{ \(fields) }").isEmpty)
    }

    @Test("once an answer is too large, no more resolvers are started")
    func stop() async throws {
        let touched = Mutex(false)
        let query = GraphQLObject<Void, @Sendable () -> Void>("Query") {
            GraphQLField("many", .list(.int)) { _ in [1, 2, 3] }
            GraphQLField("touch", .optional(.int)) { _, touch in
                touch()
                return 1
            }
        }
        let schema = try GraphQLSchema(query: query, limits: GraphQLLimits(resultValues: 3))
        let response = await schema.execute(
            GraphQLRequest(query: "{ many touch }"), context: { touched.withLock { $0 = true } })
        #expect(response.errors.map(\.code) == [.limit])
        #expect(!touched.withLock { $0 })
    }
}
