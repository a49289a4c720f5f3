public import OutboxGraphQL

extension Library {
    /// What the resolvers read.
    public static let context = Context(authors: [
        Author(
            name: "Ada", born: 1815,
            books: [
                Book(id: "1", title: "Notes", genre: .essay, price: 1.5, published: Day(text: "1843-07-10")),
                Book(id: "2", title: "Verses", genre: .poetry),
            ]),
        Author(name: "Bo", books: [Book(id: "3", title: "The \"End\"\n", genre: .novel, price: 20)]),
    ])

    /// The answer's JSON text.
    public static func ask(
        _ query: String, operationName: String? = nil, variables: [String: GraphQLValue] = [:],
        limits: GraphQLLimits = GraphQLLimits()
    ) async throws -> String {
        let schema = try schema(limits: limits)
        let request = GraphQLRequest(query: query, operationName: operationName, variables: variables)
        let response = await schema.execute(request, context: context)
        return String(decoding: response.serialized(), as: UTF8.self)
    }
}
