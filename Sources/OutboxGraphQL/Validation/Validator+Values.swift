extension Validator {
    /// - Parameters:
    ///   - type: what the place expects; `nil` when that is not known.
    ///   - hasDefault: whether the place has a default of its own.
    mutating func check(
        _ value: ValueNode, as type: TypeReference?, hasDefault: Bool = false, _ uses: inout DefinitionUses
    ) {
        switch value.kind {
        case .variable(let name):
            uses.variables.append(.init(name: name, offset: value.offset, type: type, hasDefault: hasDefault))
        case .null:
            if let type, type.isNonNull { report("expected a value of type \(type), found null", at: value.offset) }
        case .list(let elements):
            let element = type?.element
            if let type, element == nil { checkLeaf(value, type) }
            for node in elements {
                // A list where none is expected is reported once; its elements are searched for variables.
                check(node, as: type == nil || element != nil ? element : nil, &uses)
            }
        case .object(let fields):
            check(fields, of: value, as: type, &uses)
        case .boolean, .integer, .float, .string, .enumeration:
            if let type { checkLeaf(value, type) }
        }
    }

    private mutating func check(
        _ fields: [Argument], of value: ValueNode, as type: TypeReference?, _ uses: inout DefinitionUses
    ) {
        checkUniqueFields(fields)
        guard let type, case .inputObject(let definitions) = system[type.name]?.kind else {
            if let type { checkLeaf(value, type) }
            for field in fields {
                check(field.value, as: nil, &uses)
            }
            return
        }
        for definition in definitions.all where definition.isRequired {
            if !fields.contains(where: { $0.name.text == definition.name }) {
                report("\(type.name) needs the field \(definition.name) of type \(definition.type)", at: value.offset)
            }
        }
        for field in fields {
            let definition = definitions[field.name.text]
            if definition == nil {
                report("the type \(type.name) has no field \(field.name.text)", at: field.name.offset)
            }
            check(field.value, as: definition?.type, hasDefault: definition?.defaultValue != nil, &uses)
        }
    }

    private mutating func checkUniqueFields(_ fields: [Argument]) {
        var first: [String: Name] = [:]
        for field in fields {
            if let earlier = first[field.name.text] {
                report("the field \(field.name.text) is given twice", at: earlier.offset, field.name.offset)
            } else {
                first[field.name.text] = field.name
            }
        }
    }

    private mutating func checkLeaf(_ value: ValueNode, _ type: TypeReference) {
        guard let definition = system[type.name] else { return }
        do {
            _ = try system.coerceLeaf(value.plain(), to: definition, from: .document)
        } catch {
            report(error.message, at: value.offset)
        }
    }
}
