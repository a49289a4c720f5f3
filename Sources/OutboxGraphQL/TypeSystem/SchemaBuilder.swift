/// Collects types and resolvers, beginning with the query type.
struct SchemaBuilder<Context: Sendable>: Sendable {
    var registry = TypeRegistry()
    private(set) var resolvers: [String: [String: Resolver<Context>]] = [:]

    mutating func add<Source>(_ object: GraphQLObject<Source, Context>) throws(GraphQLSchemaError) {
        guard try registry.register(object, named: object.name) else { return }
        let fields = object.fields()
        registry.define(
            TypeDefinition(
                name: object.name, description: object.description,
                kind: .object(
                    Members(
                        fields.map { field in
                            FieldDefinition(
                                name: field.name, description: field.description, type: field.type,
                                arguments: Members(field.arguments), deprecationReason: field.deprecationReason)
                        }))))
        resolvers[object.name] = Dictionary(
            fields.map { ($0.name, $0.resolver) }, uniquingKeysWith: { first, _ in first })
        for field in fields {
            try field.registerTypes(&self)
        }
    }
}
