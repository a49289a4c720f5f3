import FoundationEssentials

extension GraphQLRequest {
    /// Reads a request as GraphQL over HTTP sends it: an object with `query` and, as needed, `operationName` and
    /// `variables`. Other members are ignored.
    ///
    /// - Throws: a ``GraphQLError`` with the code ``GraphQLError/Code/request`` that says what is wrong.
    public init(json: some Sequence<UInt8>) throws(GraphQLError) {
        let value: GraphQLValue
        do {
            value = try JSONDecoder().decode(JSONInput.self, from: Data(json)).value
        } catch {
            throw GraphQLError(
                .request, "the body must be a JSON object, nested no deeper than \(JSONInput.maximumNesting)")
        }
        try self.init(members: value)
    }

    /// Reads the variables of a request whose members come one by one, as in a URL.
    ///
    /// - Parameter variablesJSON: the text of a JSON object.
    /// - Throws: as ``init(json:)``.
    public init(
        query: String, operationName: String?, variablesJSON: some Sequence<UInt8>
    ) throws(GraphQLError) {
        self.init(query: query, operationName: operationName)
        guard let value = try? JSONDecoder().decode(JSONInput.self, from: Data(variablesJSON)).value else {
            throw GraphQLError(.request, "the variables must be a JSON object")
        }
        variables = try Self.variables(value)
    }

    private init(members: GraphQLValue) throws(GraphQLError) {
        guard case .object = members else {
            throw GraphQLError(.request, "the body must be a JSON object with the member query")
        }
        guard case .string(let query) = members["query"] else {
            throw GraphQLError(.request, "the member query must be a string: the GraphQL document")
        }
        self.init(query: query)
        switch members["operationName"] {
        case .string(let name): operationName = name
        case nil, .null: break
        default: throw GraphQLError(.request, "the member operationName must be a string")
        }
        variables = try Self.variables(members["variables"])
    }

    private static func variables(_ value: GraphQLValue?) throws(GraphQLError) -> [String: GraphQLValue] {
        switch value {
        case .object(let members):
            Dictionary(members.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
        case nil, .null: [:]
        default: throw GraphQLError(.request, "the variables must be a JSON object")
        }
    }
}
