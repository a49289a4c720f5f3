/// How a field gets its value.
enum Resolver<Context: Sendable>: Sendable {
    /// At once, from the source alone.
    case immediate(@Sendable (_ source: any Sendable) throws -> ResolvedValue)
    case suspending(
        @Sendable (_ source: any Sendable, Context, _ arguments: [String: GraphQLValue]) async throws -> ResolvedValue)
}

/// What a field's closure gave, before the query's selections are applied to it.
enum ResolvedValue: Sendable {
    case leaf(GraphQLValue)
    case list([ResolvedValue])
    /// The source for the selected fields.
    case object(any Sendable)
    /// A leaf that could not be written.
    case failed(any Error)
}
