/// Checks the variables of a request against an operation's definitions.
struct VariableCoercion {
    let system: TypeSystem

    /// - Returns: by name; a variable that was not given and has no default is not in it.
    /// - Throws: one error for each variable that is missing or does not fit.
    func coerce(
        _ given: [String: GraphQLValue], for operation: Operation, in source: SourceText
    ) throws(GraphQLErrors) -> [String: GraphQLValue] {
        var values: [String: GraphQLValue] = [:]
        var errors: [GraphQLError] = []
        for definition in operation.variables {
            do {
                values[definition.name.text] = try value(given[definition.name.text], for: definition)
            } catch {
                errors.append(
                    GraphQLError(
                        .variables, message(error, definition), locations: [source.location(at: definition.offset)]))
            }
        }
        guard errors.isEmpty else { throw GraphQLErrors(errors) }
        return values
    }

    private func value(
        _ given: GraphQLValue?, for definition: VariableDefinition
    ) throws(CoercionError) -> GraphQLValue? {
        let type = definition.type.reference
        if let given { return try system.coerce(given, to: type, from: .json) }
        if let node = definition.defaultValue { return try system.coerce(node.plain(), to: type, from: .document) }
        guard !type.isNonNull else { throw CoercionError(message: "expected a value of type \(type), found none") }
        return nil
    }

    private func message(_ error: CoercionError, _ definition: VariableDefinition) -> String {
        let place = error.path.map { element in
            switch element {
            case .field(let name): ".\(name)"
            case .index(let index): "[\(index)]"
            }
        }
        return "variable $\(definition.name.text)\(place.joined()): \(error.message)"
    }
}

/// Errors that refuse a request.
struct GraphQLErrors: Error {
    let all: [GraphQLError]

    init(_ all: [GraphQLError]) {
        self.all = all
    }
}
