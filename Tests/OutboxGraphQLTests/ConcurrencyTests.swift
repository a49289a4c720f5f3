import OutboxGraphQL
import Testing

@Suite("concurrent resolvers")
struct ConcurrencyTests {
    /// Lets everybody go on once a number of them have come.
    private actor Meeting {
        private let expected: Int
        private var waiting: [CheckedContinuation<Void, Never>] = []

        init(of expected: Int) {
            self.expected = expected
        }

        func arrive() async {
            await withCheckedContinuation { continuation in
                waiting.append(continuation)
                guard waiting.count == expected else { return }
                waiting.forEach { $0.resume() }
                waiting = []
            }
        }
    }

    private struct Item: Sendable {}

    private static let item = GraphQLObject<Item, Meeting>("Item") {
        GraphQLField("meet", .boolean) { _, meeting in
            await meeting.arrive()
            return true
        }
    }

    private static let query = GraphQLObject<Void, Meeting>("Query") {
        GraphQLField("meet", .boolean) { _, meeting in
            await meeting.arrive()
            return true
        }
        GraphQLField("items", .list(.object(item))) { _, _ in [Item(), Item(), Item()] }
        GraphQLField("wait", .boolean) { _, _ in
            try await Task.sleep(for: .seconds(600))
            return true
        }
    }

    @Test("fields of one object, and elements of one list, are resolved at the same time", .timeLimit(.minutes(1)))
    func together() async throws {
        let schema = try GraphQLSchema(query: Self.query)
        let request = GraphQLRequest(query: "{ a: meet b: meet items { meet } }")
        let response = await schema.execute(request, context: Meeting(of: 5))
        #expect(
            String(decoding: response.serialized(), as: UTF8.self)
                == #"{"data":{"a":true,"b":true,"items":[{"meet":true},{"meet":true},{"meet":true}]}}"#)
    }

    @Test("a cancelled request ends with an error", .timeLimit(.minutes(1)))
    func cancellation() async throws {
        let schema = try GraphQLSchema(query: Self.query)
        let task = Task { await schema.execute(GraphQLRequest(query: "{ wait }"), context: Meeting(of: 1)) }
        task.cancel()
        let response = await task.value
        #expect(response.data == .null)
        #expect(response.errors.map(\.code) == [.cancelled])
    }
}
