/// A field of an object type, with the closure that answers it.
///
/// An error that is thrown makes the field null and is reported with its path: a ``GraphQLError`` as it is, any
/// other as an internal error whose text does not leave the process.
public struct GraphQLField<Source: Sendable, Context: Sendable>: Sendable {
    public let name: String
    let description: String?
    let deprecationReason: String?
    let type: TypeReference
    let arguments: [InputDefinition]
    let resolver: Resolver<Context>
    let registerTypes: @Sendable (inout SchemaBuilder<Context>) throws(GraphQLSchemaError) -> Void

    /// A field that is at hand in its source.
    ///
    /// - Parameters:
    ///   - deprecated: why, and what to use in its place, when the field should not be used any more.
    public init<Value>(
        _ name: String, _ type: GraphQLOutput<Value, Context>, description: String? = nil,
        deprecated: String? = nil, resolve: @escaping @Sendable (Source) throws -> Value
    ) {
        self.name = name
        self.description = description
        self.deprecationReason = deprecated
        self.type = type.reference
        self.arguments = []
        self.resolver = .immediate { source in
            type.complete(try resolve(try sourceValue(source)))
        }
        self.registerTypes = type.register
    }

    /// A field that needs the context, arguments, or time.
    ///
    /// The arguments come to the closure as Swift values, in the order in which they are listed:
    ///
    ///     GraphQLField(
    ///         "positions", .list(.object(position)),
    ///         arguments: GraphQLArgument("status", .optional(.string)), GraphQLArgument("limit", .int, default: 20)
    ///     ) { _, context, status, limit in
    ///         try await context.readModel.positions(status: status, limit: limit)
    ///     }
    ///
    /// Such fields of one object run concurrently.
    ///
    /// - Parameters:
    ///   - deprecated: why, and what to use in its place, when the field should not be used any more.
    public init<Value, each Argument: Sendable>(
        _ name: String, _ type: GraphQLOutput<Value, Context>, description: String? = nil,
        deprecated: String? = nil, arguments argument: repeat GraphQLArgument<each Argument>,
        resolve: @escaping @Sendable (Source, Context, repeat each Argument) async throws -> Value
    ) {
        self.name = name
        self.description = description
        self.deprecationReason = deprecated
        self.type = type.reference
        var definitions: [InputDefinition] = []
        repeat definitions.append((each argument).definition)
        self.arguments = definitions
        self.resolver = .suspending { source, context, arguments in
            type.complete(
                try await resolve(
                    try sourceValue(source), context, repeat try (each argument).value(in: arguments)))
        }
        self.registerTypes = { builder throws(GraphQLSchemaError) in
            try type.register(&builder)
            repeat try (each argument).type.register(&builder.registry)
        }
    }
}

/// The source in its own type. It always is of this type, because the type of a field made it.
private func sourceValue<Source>(_ source: any Sendable) throws -> Source {
    guard let source = source as? Source else {
        throw GraphQLError(.internalError, "a field was given the source of another type")
    }
    return source
}
