/// What a client asks.
public struct GraphQLRequest: Sendable, Equatable {
    /// The document's text.
    public var query: String
    /// Which operation of the document; may be left out when there is one only.
    public var operationName: String?
    /// By name, without the `$`.
    public var variables: [String: GraphQLValue]

    public init(query: String, operationName: String? = nil, variables: [String: GraphQLValue] = [:]) {
        self.query = query
        self.operationName = operationName
        self.variables = variables
    }
}
