extension Validator {
    /// - Parameter type: the object type that is selected from; `nil` when it is not known, which then is reported
    ///   already.
    mutating func check(_ set: SelectionSet, on type: TypeDefinition?, _ uses: inout DefinitionUses) {
        for selection in set.selections {
            switch selection {
            case .field(let field): check(field, of: type, &uses)
            case .inline(let inline): check(inline, on: type, &uses)
            case .spread(let spread): check(spread, on: type, &uses)
            }
        }
    }

    private mutating func check(_ field: Field, of type: TypeDefinition?, _ uses: inout DefinitionUses) {
        let name = field.name.text
        let definition = type.flatMap { system.field(name, of: $0) }
        if let type, definition == nil {
            report("the type \(type.name) has no field \(name)", at: field.offset)
        }
        check(field.arguments, of: "field \(name)", definition?.arguments, at: field.offset, &uses)
        check(field.directives, at: .field, &uses)
        let inner = definition.flatMap { system[$0.type.name] }
        switch (inner?.isLeaf, field.selections) {
        case (true, .some(let selections)):
            report("field \(name) is a \(inner?.name ?? ""), which has no fields to select", at: selections.offset)
        case (false, nil):
            report("field \(name) is a \(inner?.name ?? ""): select fields of it in braces", at: field.offset)
        default: break
        }
        if let selections = field.selections {
            check(selections, on: inner?.fields == nil ? nil : inner, &uses)
        }
    }

    private mutating func check(_ inline: InlineFragment, on type: TypeDefinition?, _ uses: inout DefinitionUses) {
        let condition = inline.typeCondition.map { typeCondition($0) } ?? type
        if let type, let condition, type.name != condition.name {
            report("an object of type \(type.name) is never a \(condition.name)", at: inline.offset)
        }
        check(inline.directives, at: .inlineFragment, &uses)
        check(inline.selections, on: condition, &uses)
    }

    private mutating func check(_ spread: FragmentSpread, on type: TypeDefinition?, _ uses: inout DefinitionUses) {
        uses.spreads.append(spread)
        check(spread.directives, at: .fragmentSpread, &uses)
        guard let fragment = fragments[spread.name.text] else {
            report("there is no fragment called \(spread.name.text)", at: spread.name.offset)
            return
        }
        if let type, let condition = system[fragment.typeCondition.text], condition.fields != nil,
            type.name != condition.name
        {
            report(
                "fragment \(spread.name.text) is on \(condition.name), but an object of type \(type.name) is never one",
                at: spread.offset)
        }
    }
}
