/// Collects types and resolvers, beginning with the query type.
struct SchemaBuilder<Context: Sendable>: Sendable {
    var registry = TypeRegistry()
    private(set) var resolvers: [String: [String: Resolver<Context>]] = [:]

    /// Adds an object type and all types that it reaches.
    mutating func add<Source>(_ object: GraphQLObject<Source, Context>) throws(GraphQLSchemaError) {
        guard try registry.register(object, named: object.name) else { return }
        let fields = object.fields()
        let definitions = fields.map { field in
            FieldDefinition(
                name: field.name, description: field.description, type: field.type,
                arguments: Members(field.arguments), deprecationReason: field.deprecationReason)
        }
        registry.define(
            TypeDefinition(name: object.name, description: object.description, kind: .object(Members(definitions))))
        resolvers[object.name] = Dictionary(
            fields.map { ($0.name, $0.resolver) }, uniquingKeysWith: { first, _ in first })
        for field in fields {
            try field.registerTypes(&self)
        }
    }

    mutating func addEnum(_ name: String, _ description: String, _ values: [String]) throws(GraphQLSchemaError) {
        try GraphQLEnum<String>(name, description: description, cases: values.map { .init($0, $0) })
            .register(&registry)
    }

    /// Adds what every schema has: the scalars of variables and of introspection, and introspection itself.
    mutating func addBuiltIns() throws(GraphQLSchemaError) {
        try BuiltInScalars.string.register(&registry)
        try BuiltInScalars.boolean.register(&registry)
        try IntrospectionTypes<Context>().add(to: &self)
    }

    mutating func addIntrospection(of system: TypeSystem) {
        resolvers[system.queryType]?[IntrospectionFields.schema.name] = .immediate { _ in .object(system) }
        resolvers[system.queryType]?[IntrospectionFields.type.name] = .suspending { _, _, arguments in
            guard case .string(let name) = arguments["name"], system[name] != nil else { return .leaf(.null) }
            return .object(Introspected(TypeReference.named(name), in: system))
        }
    }
}
