import OutboxGraphQL

extension PageRequest {
    static let graphQL = GraphQLInputObject(
        "PaginationInput",
        fields: GraphQLInputField("page", .int, default: 1, description: "From 1."),
        GraphQLInputField("pageSize", .int, default: 25, description: "1 to 200.")
    ) { page, pageSize in
        guard let request = PageRequest(page: page, pageSize: pageSize) else {
            throw GraphQLError(
                .variables,
                "page is \(page) and pageSize \(pageSize): allowed are \(range(pages)) and \(range(pageSizes))")
        }
        return request
    }

    private static func range(_ range: ClosedRange<Int>) -> String { "\(range.lowerBound) to \(range.upperBound)" }
}
