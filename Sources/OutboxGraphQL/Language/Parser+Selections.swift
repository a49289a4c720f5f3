extension Parser {
    mutating func selectionSet() throws(SyntaxError) -> SelectionSet {
        let offset = token.range.lowerBound
        return SelectionSet(
            selections: try items("{", "}") { parser throws(SyntaxError) in try parser.selection() }, offset: offset)
    }

    private mutating func selection() throws(SyntaxError) -> Selection {
        token.kind == .spread ? try fragmentSelection() : .field(try field())
    }

    private mutating func field() throws(SyntaxError) -> Field {
        let first = try name()
        let second = try skip(":") ? try name() : nil
        return Field(
            alias: second == nil ? nil : first, name: second ?? first, arguments: try arguments(isConstant: false),
            directives: try directives(isConstant: false), selections: isAt("{") ? try selectionSet() : nil)
    }

    private mutating func fragmentSelection() throws(SyntaxError) -> Selection {
        let offset = token.range.lowerBound
        try advance()
        let hasCondition = isAt(keyword: "on")
        if token.kind == .name, !hasCondition {
            return .spread(
                FragmentSpread(name: try name(), directives: try directives(isConstant: false), offset: offset))
        }
        if hasCondition { try advance() }
        return .inline(
            InlineFragment(
                typeCondition: hasCondition ? try name() : nil, directives: try directives(isConstant: false),
                selections: try selectionSet(), offset: offset))
    }

    mutating func directives(isConstant: Bool) throws(SyntaxError) -> [Directive] {
        var directives: [Directive] = []
        while isAt("@") {
            let offset = token.range.lowerBound
            try advance()
            directives.append(
                Directive(name: try name(), arguments: try arguments(isConstant: isConstant), offset: offset))
        }
        return directives
    }

    private mutating func arguments(isConstant: Bool) throws(SyntaxError) -> [Argument] {
        guard isAt("(") else { return [] }
        return try items("(", ")") { parser throws(SyntaxError) in try parser.argument(isConstant: isConstant) }
    }

    private mutating func argument(isConstant: Bool) throws(SyntaxError) -> Argument {
        let name = try name()
        try expect(":")
        return Argument(name: name, value: try value(isConstant: isConstant))
    }

    /// - Parameter isConstant: whether variables are forbidden.
    mutating func value(isConstant: Bool) throws(SyntaxError) -> ValueNode {
        let start = token
        let kind = try valueKind(isConstant: isConstant)
        return ValueNode(kind: kind, offset: start.range.lowerBound)
    }

    private mutating func valueKind(isConstant: Bool) throws(SyntaxError) -> ValueNode.Kind {
        let token = token
        switch token.kind {
        case .punctuator(UInt8(ascii: "[")):
            return .list(
                try items("[", "]", allowsNone: true) { parser throws(SyntaxError) in
                    try parser.value(isConstant: isConstant)
                })
        case .punctuator(UInt8(ascii: "{")):
            return .object(
                try items("{", "}", allowsNone: true) { parser throws(SyntaxError) in
                    try parser.argument(isConstant: isConstant)
                })
        case .punctuator(UInt8(ascii: "$")) where !isConstant:
            try advance()
            return .variable(try name().text)
        case .punctuator(UInt8(ascii: "$")):
            throw SyntaxError("there can be no variable in a constant value", at: token.range.lowerBound)
        case .integer:
            try advance()
            return .integer(source.text(token.range))
        case .float:
            try advance()
            return .float(source.text(token.range))
        case .string, .blockString:
            try advance()
            return .string(token.string)
        case .name:
            try advance()
            switch source.text(token.range) {
            case "true": return .boolean(true)
            case "false": return .boolean(false)
            case "null": return .null
            case let name: return .enumeration(name)
            }
        default:
            throw unexpected(expected: "a value")
        }
    }
}
