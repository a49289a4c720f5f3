/// All that a schema says about its types.
struct TypeSystem: Sendable {
    let description: String?
    let queryType: String
    /// By name, the built-in and the introspection types among them.
    let types: [String: TypeDefinition]
    let directives = Members<DirectiveDefinition>([.include, .skip, .deprecated, .specifiedBy])

    subscript(name: String) -> TypeDefinition? {
        types[name]
    }

    /// A field of an object type, or one of those that introspection adds.
    func field(_ name: String, of type: TypeDefinition) -> FieldDefinition? {
        if name == IntrospectionFields.typeName.name, type.fields != nil { return IntrospectionFields.typeName }
        if type.name == queryType, let field = IntrospectionFields.ofQuery[name] { return field }
        return type.fields?[name]
    }
}
