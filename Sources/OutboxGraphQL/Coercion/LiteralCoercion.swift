/// Turns the values of a valid document into those that its types ask for, variables put in.
struct LiteralCoercion {
    let system: TypeSystem
    /// Coerced to their own types; those that were not given and have no default are not in it.
    let variables: [String: GraphQLValue]

    /// The values for a field's or a directive's arguments; those without a value are left out.
    func arguments(
        _ nodes: [Argument], for definitions: Members<InputDefinition>
    ) throws(CoercionError) -> [String: GraphQLValue] {
        let given = Dictionary(nodes.map { ($0.name.text, $0.value) }, uniquingKeysWith: { first, _ in first })
        var values: [String: GraphQLValue] = [:]
        for definition in definitions.all {
            values[definition.name] = try value(of: given[definition.name], for: definition)
        }
        return values
    }

    /// - Returns: `nil` where there is no value and no default.
    private func value(
        of node: ValueNode?, for definition: InputDefinition
    ) throws(CoercionError) -> GraphQLValue? {
        do throws(CoercionError) {
            if let node, let value = try value(of: node, as: definition.type) { return value }
            if let value = definition.defaultValue {
                return try system.coerce(value, to: definition.type, from: .document)
            }
            guard !definition.isRequired else {
                throw CoercionError(message: "expected a value of type \(definition.type), found none")
            }
            return nil
        } catch {
            throw error.within(.field(definition.name))
        }
    }

    /// - Returns: `nil` for a variable without a value.
    private func value(of node: ValueNode, as type: TypeReference) throws(CoercionError) -> GraphQLValue? {
        if case .variable(let name) = node.kind {
            guard let value = variables[name] else { return nil }
            guard value != .null || !type.isNonNull else {
                throw CoercionError(message: "expected a value of type \(type), found null")
            }
            return value
        }
        if case .null = node.kind {
            return try system.coerce(.null, to: type, from: .document)
        }
        if let element = type.element {
            guard case .list(let nodes) = node.kind else { return .list([try self.element(node, as: element)]) }
            var values: [GraphQLValue] = []
            for (index, node) in nodes.enumerated() {
                do { values.append(try self.element(node, as: element)) } catch { throw error.within(.index(index)) }
            }
            return .list(values)
        }
        guard case .inputObject(let fields) = system[type.name]?.kind, case .object(let nodes) = node.kind else {
            return try system.coerce(node.plain(variables: variables), to: type, from: .document)
        }
        let values = try arguments(nodes, for: fields)
        return .object(fields.all.compactMap { field in values[field.name].map { .init(field.name, $0) } })
    }

    private func element(_ node: ValueNode, as type: TypeReference) throws(CoercionError) -> GraphQLValue {
        if let value = try value(of: node, as: type) { return value }
        return try system.coerce(.null, to: type, from: .document)
    }
}
