/// A schema for reading: object types with their resolvers, reached from one query type.
///
///     let schema = try GraphQLSchema(query: query)
///     let response = await schema.execute(GraphQLRequest(query: "{ position(code: \"P1\") { title } }"), context: …)
///
/// A schema is built once and may be used by any number of requests at the same time.
public struct GraphQLSchema<Context: Sendable>: Sendable {
    let system: TypeSystem
    let resolvers: [String: [String: Resolver<Context>]]
    /// What requests may ask for.
    public let limits: GraphQLLimits

    /// - Parameters:
    ///   - query: the type of the root, whose fields a query begins with.
    /// - Throws: ``GraphQLSchemaError`` when names clash or are not allowed, types are empty, or defaults don't fit.
    public init(
        query: GraphQLObject<Void, Context>, description: String? = nil, limits: GraphQLLimits = GraphQLLimits()
    ) throws(GraphQLSchemaError) {
        var builder = SchemaBuilder<Context>()
        try builder.add(query)
        try TypeSystem(description: description, queryType: query.name, types: builder.registry.types).check()
        try builder.addBuiltIns()
        let system = TypeSystem(description: description, queryType: query.name, types: builder.registry.types)
        builder.addIntrospection(of: system)
        self.system = system
        self.resolvers = builder.resolvers
        self.limits = limits
    }
}
