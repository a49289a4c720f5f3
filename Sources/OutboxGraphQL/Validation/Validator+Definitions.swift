extension Validator {
    /// Operations and fragments are told apart by their names.
    mutating func checkDefinitions() {
        checkUnique(document.operations.compactMap(\.name), "operation")
        checkUnique(document.fragments.map(\.name), "fragment")
        guard document.operations.count > 1 else { return }
        for operation in document.operations where operation.name == nil {
            report("an operation without a name must be the only one", at: operation.offset)
        }
    }

    private mutating func checkUnique(_ names: [Name], _ what: String) {
        var first: [String: Name] = [:]
        for name in names {
            if let earlier = first[name.text] {
                report("there are two \(what)s called \(name.text)", at: earlier.offset, name.offset)
            } else {
                first[name.text] = name
            }
        }
    }

    /// Names that must not be repeated: one problem for all that share one.
    mutating func checkUnique(_ names: [Name], _ message: (String) -> String) {
        for (name, group) in Dictionary(grouping: names, by: \.text).sorted(by: { $0.key < $1.key })
        where group.count > 1 {
            report(message(name), at: group.map(\.offset))
        }
    }

    mutating func check(_ operation: Operation) {
        let location: DirectiveDefinition.Location
        let root: TypeDefinition?
        switch operation.kind {
        case .query: (location, root) = (.query, system[system.queryType])
        case .mutation: (location, root) = (.mutation, nil)
        case .subscription: (location, root) = (.subscription, nil)
        }
        var uses = DefinitionUses()
        checkVariables(operation.variables, &uses)
        check(operation.directives, at: location, &uses)
        check(operation.selections, on: root, &uses)
        self.uses[operation.offset] = uses
    }

    mutating func check(_ fragment: Fragment) {
        var uses = DefinitionUses()
        let type = typeCondition(fragment.typeCondition)
        check(fragment.directives, at: .fragmentDefinition, &uses)
        check(fragment.selections, on: type, &uses)
        self.uses[fragment.offset] = uses
    }

    private mutating func checkVariables(_ definitions: [VariableDefinition], _ uses: inout DefinitionUses) {
        checkUnique(definitions.map(\.name)) { "there are two variables called $\($0)" }
        for definition in definitions {
            let type = definition.type
            let named = system[type.name.text]
            if named == nil {
                report("there is no type \(type.name.text)", at: type.name.offset)
            } else if named?.isInput == false {
                report(
                    "variable $\(definition.name.text) cannot be of type \(type.reference), which has fields to select",
                    at: type.offset)
            }
            if let value = definition.defaultValue {
                check(value, as: named?.isInput == true ? type.reference : nil, &uses)
            }
            check(definition.directives, at: .variableDefinition, &uses)
        }
    }

    /// The object type that a fragment is for; `nil`, and reported, when there is none.
    mutating func typeCondition(_ name: Name) -> TypeDefinition? {
        guard let type = system[name.text] else {
            report("there is no type \(name.text)", at: name.offset)
            return nil
        }
        guard type.fields != nil else {
            report("a fragment must be on an object type, which \(name.text) is not", at: name.offset)
            return nil
        }
        return type
    }
}
