/// All that a schema says about its types.
struct TypeSystem: Sendable {
    let description: String?
    let queryType: String
    /// By name, the built-in and the introspection types among them.
    let types: [String: TypeDefinition]
    let directives: Members<DirectiveDefinition>

    subscript(name: String) -> TypeDefinition? {
        types[name]
    }

    subscript(reference: TypeReference) -> TypeDefinition? {
        types[reference.name]
    }
}

struct DirectiveDefinition: Sendable, Named {
    let name: String
    let description: String
    let locations: [String]
    let arguments: Members<InputDefinition>
}
