/// A part of the schema that a query asks about, with the schema to look up the types that it names.
struct Introspected<Definition: Sendable>: Sendable {
    let definition: Definition
    let system: TypeSystem

    init(_ definition: Definition, in system: TypeSystem) {
        self.definition = definition
        self.system = system
    }

    func other<Other>(_ other: Other) -> Introspected<Other> {
        Introspected<Other>(other, in: system)
    }

    /// - Parameter deprecated: whether those that should not be used any more are among them.
    func parts<Part: Deprecatable>(_ parts: Members<Part>, deprecated: Bool?) -> [Introspected<Part>] {
        parts.all.filter { deprecated == true || $0.deprecationReason == nil }.map { other($0) }
    }
}

extension Introspected<TypeReference> {
    /// The named type; `nil` for lists and non-nulls.
    var named: TypeDefinition? {
        if case .named(let name) = definition { system[name] } else { nil }
    }

    /// What a list or non-null is made of.
    var inner: Introspected<TypeReference>? {
        switch definition {
        case .named: nil
        case .list(let type), .nonNull(let type): other(type)
        }
    }

    var kind: String {
        switch (definition, named?.kind) {
        case (.list, _): "LIST"
        case (.nonNull, _): "NON_NULL"
        case (_, .object): "OBJECT"
        case (_, .enumeration): "ENUM"
        case (_, .inputObject): "INPUT_OBJECT"
        case (_, .scalar), (_, nil): "SCALAR"
        }
    }
}
