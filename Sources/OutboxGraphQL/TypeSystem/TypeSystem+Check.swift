extension TypeSystem {
    /// Looks for what the specification does not allow in a schema; introspection must not be in it yet.
    func check() throws(GraphQLSchemaError) {
        for type in types.values.sorted(by: { $0.name < $1.name }) {
            try check(name: type.name, of: "a type")
            switch type.kind {
            case .scalar: break
            case .object(let fields):
                try check(fields, of: type)
                for field in fields.all {
                    try check(inputs: field.arguments, of: "\(type.name).\(field.name)")
                }
            case .enumeration(let values):
                try check(values, of: type)
                if let value = values.all.first(where: { ["true", "false", "null"].contains($0.name) }) {
                    throw GraphQLSchemaError("\(type.name) cannot have a value called \(value.name)")
                }
            case .inputObject(let fields):
                try check(fields, of: type)
                try check(inputs: fields, of: type.name)
                try checkIsFinite(type, seen: [type.name])
            }
        }
    }

    private func check<Member: Named>(_ members: Members<Member>, of type: TypeDefinition) throws(GraphQLSchemaError) {
        guard !members.all.isEmpty else { throw GraphQLSchemaError("\(type.name) is empty") }
        try checkNames(members, of: type.name)
    }

    private func checkNames<Member: Named>(_ members: Members<Member>, of owner: String) throws(GraphQLSchemaError) {
        var names: Set<String> = []
        for member in members.all {
            try check(name: member.name, of: "a part of \(owner)")
            guard names.insert(member.name).inserted else {
                throw GraphQLSchemaError("\(owner) has \(member.name) twice")
            }
        }
    }

    private func check(inputs: Members<InputDefinition>, of owner: String) throws(GraphQLSchemaError) {
        try checkNames(inputs, of: owner)
        for input in inputs.all {
            if input.isRequired, input.deprecationReason != nil {
                throw GraphQLSchemaError("\(input.name) of \(owner) is required, so it cannot be deprecated")
            }
            guard let value = input.defaultValue else { continue }
            do {
                _ = try coerce(value, to: input.type, from: .document)
            } catch {
                throw GraphQLSchemaError("the default of \(input.name) of \(owner) does not fit: \(error.message)")
            }
        }
    }

    /// An input object that requires itself could never be written down.
    private func checkIsFinite(_ type: TypeDefinition, seen: [String]) throws(GraphQLSchemaError) {
        guard case .inputObject(let fields) = type.kind else { return }
        for field in fields.all {
            guard case .nonNull(.named(let name)) = field.type, let inner = types[name] else { continue }
            if name == seen.first {
                throw GraphQLSchemaError("\(name) requires itself: \((seen + [name]).joined(separator: " → "))")
            }
            if !seen.contains(name) { try checkIsFinite(inner, seen: seen + [name]) }
        }
    }

    private func check(name: String, of what: String) throws(GraphQLSchemaError) {
        let isName = Ascii.isNameStart(name.utf8.first) && name.utf8.allSatisfy { Ascii.isNameContinue($0) }
        guard isName, !name.hasPrefix("__") else {
            throw GraphQLSchemaError(
                "\(name) cannot be the name of \(what): use letters, digits and _, no digit first, no __ in front")
        }
    }
}
