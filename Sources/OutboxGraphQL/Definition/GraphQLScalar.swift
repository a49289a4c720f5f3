/// A scalar type of the schema's own, e.g. a date.
///
/// Keep a type in a `static let`, because a schema accepts one definition for each name.
public final class GraphQLScalar<Value: Sendable>: Sendable {
    public let name: String
    public let description: String?
    let specifiedBy: String?
    let serialize: @Sendable (Value) throws -> GraphQLValue
    let parse: @Sendable (GraphQLValue) throws -> Value

    /// - Parameters:
    ///   - specifiedBy: the address of the document that says how the values are written.
    ///   - serialize: for answers.
    ///   - parse: from a query or a variable. The message of a ``GraphQLError`` that it throws, which should say
    ///     what is allowed, reaches the client.
    public init(
        _ name: String, description: String? = nil, specifiedBy: String? = nil,
        serialize: @escaping @Sendable (Value) throws -> GraphQLValue,
        parse: @escaping @Sendable (GraphQLValue) throws -> Value
    ) {
        self.name = name
        self.description = description
        self.specifiedBy = specifiedBy
        self.serialize = serialize
        self.parse = parse
    }

    func register(_ registry: inout TypeRegistry) throws(GraphQLSchemaError) {
        guard try registry.register(self, named: name) else { return }
        let parse = parse
        registry.define(
            TypeDefinition(
                name: name, description: description,
                kind: .scalar(
                    ScalarDefinition(specifiedBy: specifiedBy) { value in
                        _ = try parse(value)
                        return value
                    })))
    }
}
