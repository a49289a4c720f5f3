extension Parser {
    mutating func operation() throws(SyntaxError) -> Operation {
        let offset = token.range.lowerBound
        if isAt("{") {
            return Operation(
                kind: .query, name: nil, variables: [], directives: [], selections: try selectionSet(), offset: offset)
        }
        let kind = Operation.Kind(rawValue: try name().text) ?? .query
        let name = token.kind == .name ? try name() : nil
        let variables =
            isAt("(") ? try items("(", ")") { parser throws(SyntaxError) in try parser.variableDefinition() } : []
        return Operation(
            kind: kind, name: name, variables: variables, directives: try directives(isConstant: false),
            selections: try selectionSet(), offset: offset)
    }

    private mutating func variableDefinition() throws(SyntaxError) -> VariableDefinition {
        let offset = token.range.lowerBound
        try expect("$")
        let name = try name()
        try expect(":")
        let type = try type()
        let defaultValue = try skip("=") ? try value(isConstant: true) : nil
        return VariableDefinition(
            name: name, type: type, defaultValue: defaultValue, directives: try directives(isConstant: true),
            offset: offset)
    }

    private mutating func type() throws(SyntaxError) -> TypeNode {
        let offset = token.range.lowerBound
        let (reference, name) = try typeReference()
        return TypeNode(reference: reference, name: name, offset: offset)
    }

    private mutating func typeReference() throws(SyntaxError) -> (TypeReference, Name) {
        var reference: TypeReference
        let core: Name
        if try skip("[") {
            let (element, name) = try nested { parser throws(SyntaxError) in try parser.typeReference() }
            reference = .list(element)
            core = name
            try expect("]")
        } else {
            core = try name()
            reference = .named(core.text)
        }
        if try skip("!") { reference = .nonNull(reference) }
        return (reference, core)
    }

    mutating func fragment() throws(SyntaxError) -> Fragment {
        let offset = token.range.lowerBound
        try advance()
        guard !isAt(keyword: "on") else { throw unexpected(expected: "the fragment's name") }
        let name = try name()
        try expectOn()
        return Fragment(
            name: name, typeCondition: try self.name(), directives: try directives(isConstant: false),
            selections: try selectionSet(), offset: offset)
    }

    private mutating func expectOn() throws(SyntaxError) {
        guard isAt(keyword: "on") else { throw unexpected(expected: "\"on\"") }
        try advance()
    }
}
