/// An argument of a field; as ``GraphQLInputField``, a field of an input object.
public struct GraphQLArgument<Value: Sendable>: Sendable {
    public let name: String
    let type: GraphQLInput<Value>
    let definition: InputDefinition

    /// - Parameters:
    ///   - defaultValue: used where the query says nothing. An argument of a type that is not optional need not be
    ///     given when it has one.
    ///   - deprecated: why, and what to use in its place; only what is not required can be deprecated.
    public init(
        _ name: String, _ type: GraphQLInput<Value>, default defaultValue: GraphQLValue? = nil,
        description: String? = nil, deprecated: String? = nil
    ) {
        self.name = name
        self.type = type
        self.definition = InputDefinition(
            name: name, description: description, type: type.reference, defaultValue: defaultValue,
            deprecationReason: deprecated)
    }

    /// - Parameter arguments: coerced, defaults filled in.
    func value(in arguments: [String: GraphQLValue]) throws -> Value {
        try type.decode(arguments[name] ?? .null)
    }
}

/// A field of a ``GraphQLInputObject``.
public typealias GraphQLInputField<Value: Sendable> = GraphQLArgument<Value>
