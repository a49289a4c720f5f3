/// The answer to a request.
public struct GraphQLResponse: Sendable, Equatable {
    /// What was asked for. `nil` when the request was refused before its execution began; `.null` when an error
    /// reached the root.
    public var data: GraphQLValue?
    public var errors: [GraphQLError]
    /// More for the client.
    public var extensions: [GraphQLValue.Member]

    public init(data: GraphQLValue?, errors: [GraphQLError] = [], extensions: [GraphQLValue.Member] = []) {
        self.data = data
        self.errors = errors
        self.extensions = extensions
    }
}
