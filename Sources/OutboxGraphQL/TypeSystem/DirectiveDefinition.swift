/// A directive that a document, or the schema's own text, may use.
struct DirectiveDefinition: Sendable, Named {
    enum Location: String, Sendable {
        case query = "QUERY"
        case mutation = "MUTATION"
        case subscription = "SUBSCRIPTION"
        case field = "FIELD"
        case fragmentDefinition = "FRAGMENT_DEFINITION"
        case fragmentSpread = "FRAGMENT_SPREAD"
        case inlineFragment = "INLINE_FRAGMENT"
        case variableDefinition = "VARIABLE_DEFINITION"
        case scalar = "SCALAR"
        case fieldDefinition = "FIELD_DEFINITION"
        case argumentDefinition = "ARGUMENT_DEFINITION"
        case inputFieldDefinition = "INPUT_FIELD_DEFINITION"
        case enumValue = "ENUM_VALUE"
    }

    let name: String
    let description: String
    let locations: [Location]
    let arguments: Members<InputDefinition>
}

extension DirectiveDefinition {
    static let skip = DirectiveDefinition(
        name: "skip", description: "Leaves out a field or fragment when the argument is true.",
        locations: [.field, .fragmentSpread, .inlineFragment], arguments: [condition("Leave it out when true.")])

    static let include = DirectiveDefinition(
        name: "include", description: "Takes in a field or fragment only when the argument is true.",
        locations: [.field, .fragmentSpread, .inlineFragment], arguments: [condition("Take it in when true.")])

    static let deprecated = DirectiveDefinition(
        name: "deprecated", description: "Marks what should not be used any more.",
        locations: [.fieldDefinition, .argumentDefinition, .inputFieldDefinition, .enumValue],
        arguments: [
            InputDefinition(
                name: "reason", description: "Why, and what to use in its place.", type: .named("String"),
                defaultValue: "No longer supported", deprecationReason: nil)
        ])

    static let specifiedBy = DirectiveDefinition(
        name: "specifiedBy", description: "Names the document that says how a scalar's values are written.",
        locations: [.scalar],
        arguments: [
            InputDefinition(
                name: "url", description: "The document's address.", type: .nonNull(.named("String")),
                defaultValue: nil, deprecationReason: nil)
        ])

    private init(name: String, description: String, locations: [Location], arguments: [InputDefinition]) {
        self.init(name: name, description: description, locations: locations, arguments: Members(arguments))
    }

    private static func condition(_ description: String) -> InputDefinition {
        InputDefinition(
            name: "if", description: description, type: .nonNull(.named("Boolean")), defaultValue: nil,
            deprecationReason: nil)
    }
}
