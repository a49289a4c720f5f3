/// Puts fragments in their places, merges fields of the same name, leaves out what directives skip.
struct Planner<Context: Sendable> {
    let system: TypeSystem
    let resolvers: [String: [String: Resolver<Context>]]
    let fragments: [String: Fragment]
    let coercion: LiteralCoercion

    /// - Parameter selections: of a valid document.
    /// - Throws: when a directive's condition is null.
    func plan(_ selections: [SelectionSet], on typeName: String) throws(CoercionError) -> [PlannedField<Context>] {
        guard let type = system[typeName] else { return [] }
        var collected = CollectedFields()
        for set in selections {
            try collect(set, into: &collected)
        }
        var planned: [PlannedField<Context>] = []
        for group in collected.groups {
            guard let first = group.first, let definition = system.field(first.name.text, of: type),
                let resolver = resolver(first.name.text, of: type)
            else { continue }
            let inner = try plan(group.compactMap(\.selections), on: definition.type.name)
            var isSuspending = inner.contains(where: \.isSuspending)
            if case .suspending = resolver { isSuspending = true }
            planned.append(
                PlannedField(
                    responseName: first.responseName, type: definition.type, resolver: resolver,
                    arguments: arguments(of: first, definition), selections: inner, isSuspending: isSuspending,
                    offset: first.offset))
        }
        return planned
    }

    private func resolver(_ field: String, of type: TypeDefinition) -> Resolver<Context>? {
        if field == IntrospectionFields.typeName.name {
            return .immediate { _ in .leaf(.string(type.name)) }
        }
        return resolvers[type.name]?[field]
    }

    private func arguments(
        of field: Field, _ definition: FieldDefinition
    ) -> Result<[String: GraphQLValue], CoercionError> {
        do {
            return .success(try coercion.arguments(field.arguments, for: definition.arguments))
        } catch {
            return .failure(error)
        }
    }

    private func collect(_ set: SelectionSet, into fields: inout CollectedFields) throws(CoercionError) {
        for selection in set.selections {
            switch selection {
            case .field(let field):
                if try includes(field.directives) { fields.append(field) }
            case .inline(let inline):
                if try includes(inline.directives) { try collect(inline.selections, into: &fields) }
            case .spread(let spread):
                guard try includes(spread.directives), let fragment = fragments[spread.name.text],
                    fields.enter(fragment: fragment.name.text)
                else { continue }
                try collect(fragment.selections, into: &fields)
            }
        }
    }

    private func includes(_ directives: [Directive]) throws(CoercionError) -> Bool {
        for directive in directives {
            guard let definition = system.directives[directive.name.text] else { continue }
            let condition = try coercion.arguments(directive.arguments, for: definition.arguments)["if"]
            if definition.name == DirectiveDefinition.skip.name, condition == .boolean(true) { return false }
            if definition.name == DirectiveDefinition.include.name, condition == .boolean(false) { return false }
        }
        return true
    }
}

/// Fields by their names in the answer, in the order of their first appearance.
private struct CollectedFields {
    private(set) var groups: [[Field]] = []
    private var positions: [String: Int] = [:]
    private var fragments: Set<String> = []

    mutating func append(_ field: Field) {
        if let position = positions[field.responseName] {
            groups[position].append(field)
        } else {
            positions[field.responseName] = groups.count
            groups.append([field])
        }
    }

    /// Whether a fragment is new here; a second time it would add nothing.
    mutating func enter(fragment: String) -> Bool {
        fragments.insert(fragment).inserted
    }
}
