extension Validator {
    /// - Parameters:
    ///   - definitions: `nil` when the field or directive is not known.
    ///   - offset: of the field or directive.
    mutating func check(
        _ arguments: [Argument], of owner: String, _ definitions: Members<InputDefinition>?, at offset: Int,
        _ uses: inout DefinitionUses
    ) {
        checkUnique(arguments.map(\.name)) { "\(owner) has the argument \($0) twice" }
        for argument in arguments {
            let definition = definitions?[argument.name.text]
            if definitions != nil, definition == nil {
                report("\(owner) has no argument \(argument.name.text)", at: argument.name.offset)
            }
            check(argument.value, as: definition?.type, hasDefault: definition?.defaultValue != nil, &uses)
        }
        for definition in definitions?.all ?? [] where definition.isRequired {
            if !arguments.contains(where: { $0.name.text == definition.name }) {
                report("\(owner) needs the argument \(definition.name) of type \(definition.type)", at: offset)
            }
        }
    }

    mutating func check(
        _ directives: [Directive], at location: DirectiveDefinition.Location, _ uses: inout DefinitionUses
    ) {
        var first: [String: Directive] = [:]
        for directive in directives {
            let name = directive.name.text
            let definition = system.directives[name]
            if definition == nil {
                report("there is no directive @\(name)", at: directive.offset)
            } else if definition?.locations.contains(location) == false {
                report("@\(name) cannot stand here", at: directive.offset)
            }
            if definition != nil, let earlier = first[name] {
                report("@\(name) can stand here once only", at: earlier.offset, directive.offset)
            } else {
                first[name] = directive
            }
            check(directive.arguments, of: "@\(name)", definition?.arguments, at: directive.offset, &uses)
        }
    }
}
