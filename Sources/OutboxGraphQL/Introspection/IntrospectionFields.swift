/// The fields that introspection adds to a schema's own types.
enum IntrospectionFields {
    /// `__typename`, of every object type.
    static let typeName = FieldDefinition(
        name: "__typename", description: "The name of the object's type.", type: .nonNull(.named("String")),
        arguments: Members([]), deprecationReason: nil)

    /// `__schema` and `__type`, of the query type.
    static let ofQuery = Members([schema, type])

    static let schema = FieldDefinition(
        name: "__schema", description: "The schema itself.", type: .nonNull(.named("__Schema")),
        arguments: Members([]), deprecationReason: nil)

    static let type = FieldDefinition(
        name: "__type", description: "A type by its name.", type: .named("__Type"),
        arguments: Members([
            InputDefinition(
                name: "name", description: nil, type: .nonNull(.named("String")), defaultValue: nil,
                deprecationReason: nil)
        ]), deprecationReason: nil)
}
