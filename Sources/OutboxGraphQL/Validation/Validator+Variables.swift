extension Validator {
    /// Every variable that an operation uses, also through fragments, must be defined by it and fit its places; every
    /// one that it defines must be used.
    mutating func checkVariableUse() {
        for operation in document.operations {
            let definitions = Dictionary(
                operation.variables.map { ($0.name.text, $0) }, uniquingKeysWith: { _, last in last })
            var used: Set<String> = []
            for use in variableUses(of: operation) {
                used.insert(use.name)
                if let definition = definitions[use.name] {
                    check(use, of: definition)
                } else {
                    report("variable $\(use.name) is not defined", at: use.offset, operation.offset)
                }
            }
            for definition in operation.variables where !used.contains(definition.name.text) {
                report("variable $\(definition.name.text) is never used", at: definition.offset)
            }
        }
    }

    private func variableUses(of operation: Operation) -> [DefinitionUses.Variable] {
        let reached = fragmentsReached(from: operation.offset).sorted().compactMap { fragments[$0] }
        return ([operation.offset] + reached.map(\.offset)).flatMap { uses[$0]?.variables ?? [] }
    }

    private mutating func check(_ use: DefinitionUses.Variable, of definition: VariableDefinition) {
        guard let expected = use.type, system[definition.type.name.text] != nil else { return }
        let type = definition.type.reference
        var fits = type.isUsable(as: expected)
        if expected.isNonNull, !type.isNonNull {
            // A default, here or there, stands in for a variable that is not given.
            let hasDefault = definition.defaultValue.map { value in
                if case .null = value.kind { false } else { true }
            }
            fits = (hasDefault == true || use.hasDefault) && type.isUsable(as: expected.nullable)
        }
        guard !fits else { return }
        report(
            "variable $\(use.name) is a \(type), but its place expects a \(expected)",
            at: definition.offset, use.offset)
    }
}

extension TypeReference {
    /// Whether every value of this type is one of the other.
    fileprivate func isUsable(as other: TypeReference) -> Bool {
        switch (self, other) {
        case (.nonNull(let type), .nonNull(let other)): type.isUsable(as: other)
        case (_, .nonNull): false
        case (.nonNull(let type), _): type.isUsable(as: other)
        case (.list(let element), .list(let other)): element.isUsable(as: other)
        case (.named(let name), .named(let other)): name == other
        default: false
        }
    }
}
