extension TypeSystem {
    /// Where a value comes from: JSON has no enum values and writes them as strings.
    enum ValueOrigin {
        case document
        case json
    }

    /// A value in the form that its type asks for: single values in lists, defaults filled in.
    func coerce(
        _ value: GraphQLValue, to type: TypeReference, from origin: ValueOrigin
    ) throws(CoercionError) -> GraphQLValue {
        if case .nonNull(let inner) = type {
            guard value != .null else { throw CoercionError(message: "expected a value of type \(type), found null") }
            return try coerce(value, to: inner, from: origin)
        }
        if value == .null { return .null }
        if case .list(let element) = type {
            guard case .list(let values) = value else { return .list([try coerce(value, to: element, from: origin)]) }
            var coerced: [GraphQLValue] = []
            for (index, value) in values.enumerated() {
                do {
                    coerced.append(try coerce(value, to: element, from: origin))
                } catch {
                    throw error.within(.index(index))
                }
            }
            return .list(coerced)
        }
        guard let definition = self[type.name] else { throw CoercionError(message: "there is no type \(type)") }
        guard case .inputObject(let fields) = definition.kind else {
            return try coerceLeaf(value, to: definition, from: origin)
        }
        return try coerceObject(value, to: definition, fields, from: origin)
    }

    private func coerceObject(
        _ value: GraphQLValue, to type: TypeDefinition, _ fields: Members<InputDefinition>, from origin: ValueOrigin
    ) throws(CoercionError) -> GraphQLValue {
        guard case .object(let members) = value else {
            throw CoercionError(message: "expected an object of type \(type.name)")
        }
        if let unknown = members.first(where: { fields[$0.name] == nil }) {
            throw CoercionError(message: "the type \(type.name) has no field \(unknown.name)")
        }
        let given = Dictionary(members.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
        var coerced: [GraphQLValue.Member] = []
        for field in fields.all {
            do throws(CoercionError) {
                if let value = given[field.name] {
                    coerced.append(.init(field.name, try coerce(value, to: field.type, from: origin)))
                } else if let value = field.defaultValue {
                    coerced.append(.init(field.name, try coerce(value, to: field.type, from: .document)))
                } else if field.isRequired {
                    throw CoercionError(message: "expected a value of type \(field.type), found none")
                }
            } catch {
                throw error.within(.field(field.name))
            }
        }
        return .object(coerced)
    }

    /// - Parameter type: a scalar or an enum; nothing fits any other.
    func coerceLeaf(
        _ value: GraphQLValue, to type: TypeDefinition, from origin: ValueOrigin
    ) throws(CoercionError) -> GraphQLValue {
        switch type.kind {
        case .scalar(let scalar):
            do {
                return try scalar.coerce(value)
            } catch let error as GraphQLError {
                throw CoercionError(message: error.message)
            } catch {
                throw CoercionError(message: "expected a value of type \(type.name)")
            }
        case .enumeration(let values):
            switch (value, origin) {
            case (.enumeration(let name), .document), (.string(let name), .json):
                if values[name] != nil { return .enumeration(name) }
            default: break
            }
            let names = values.all.prefix(20).map(\.name).joined(separator: ", ")
            throw CoercionError(message: "expected a value of the enum \(type.name) (\(names))")
        case .object, .inputObject:
            throw CoercionError(message: "expected a value of type \(type.name)")
        }
    }
}
