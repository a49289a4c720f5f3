/// Collects the named types that a schema reaches, each once.
struct TypeRegistry: Sendable {
    private(set) var types: [String: TypeDefinition] = [:]
    private var identities: [String: ObjectIdentifier] = [:]

    /// Whether the type is new: then its definition is to follow by ``define(_:)``.
    ///
    /// - Throws: ``GraphQLSchemaError`` when another type has the name, or the name is not allowed.
    mutating func register(_ type: AnyObject, named name: String) throws(GraphQLSchemaError) -> Bool {
        if let known = identities[name] {
            guard known == ObjectIdentifier(type) else {
                throw GraphQLSchemaError("two types are called \(name): define it once and use that one everywhere")
            }
            return false
        }
        identities[name] = ObjectIdentifier(type)
        return true
    }

    mutating func define(_ type: TypeDefinition) {
        types[type.name] = type
    }
}
