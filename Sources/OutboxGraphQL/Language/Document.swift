/// A parsed document: operations and fragments.
struct Document: Sendable {
    let source: SourceText
    var operations: [Operation] = []
    var fragments: [Fragment] = []
}

struct Name: Sendable {
    let text: String
    let offset: Int
}

struct Operation: Sendable {
    enum Kind: String, Sendable {
        case query
        case mutation
        case subscription
    }

    let kind: Kind
    let name: Name?
    let variables: [VariableDefinition]
    let directives: [Directive]
    let selections: SelectionSet
    let offset: Int
}

struct VariableDefinition: Sendable {
    let name: Name
    let type: TypeNode
    let defaultValue: ValueNode?
    let directives: [Directive]
    /// Of the `$`.
    let offset: Int
}

/// A type as a variable's definition spells it.
struct TypeNode: Sendable {
    let reference: TypeReference
    let name: Name
    let offset: Int
}

struct Fragment: Sendable {
    let name: Name
    let typeCondition: Name
    let directives: [Directive]
    let selections: SelectionSet
    let offset: Int
}

struct SelectionSet: Sendable {
    let selections: [Selection]
    let offset: Int
}

indirect enum Selection: Sendable {
    case field(Field)
    case spread(FragmentSpread)
    case inline(InlineFragment)
}

struct Field: Sendable {
    let alias: Name?
    let name: Name
    let arguments: [Argument]
    let directives: [Directive]
    let selections: SelectionSet?

    var offset: Int { (alias ?? name).offset }
    /// Its name in the answer.
    var responseName: String { (alias ?? name).text }
}

struct FragmentSpread: Sendable {
    let name: Name
    let directives: [Directive]
    let offset: Int
}

struct InlineFragment: Sendable {
    let typeCondition: Name?
    let directives: [Directive]
    let selections: SelectionSet
    let offset: Int
}

struct Directive: Sendable {
    let name: Name
    let arguments: [Argument]
    /// Of the `@`.
    let offset: Int
}

/// An argument, or a field of an input object.
struct Argument: Sendable {
    let name: Name
    let value: ValueNode
}

struct ValueNode: Sendable {
    indirect enum Kind: Sendable {
        case variable(String)
        case null
        case boolean(Bool)
        /// Its digits, which may be too many for any integer type.
        case integer(String)
        case float(String)
        case string(String)
        case enumeration(String)
        case list([ValueNode])
        case object([Argument])
    }

    let kind: Kind
    let offset: Int
}
