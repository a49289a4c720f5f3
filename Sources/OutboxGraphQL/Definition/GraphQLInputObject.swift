/// A type of arguments that have fields themselves.
///
///     static let filter = GraphQLInputObject(
///         "PositionFilter", fields: GraphQLInputField("status", .optional(.string)),
///         GraphQLInputField("organizationCode", .optional(.string)), make: PositionFilter.init)
///
/// Keep a type in a `static let`, because a schema accepts one definition for each name.
public final class GraphQLInputObject<Value: Sendable>: Sendable {
    public let name: String
    public let description: String?
    let decode: @Sendable (GraphQLValue) throws -> Value
    private let fields: [InputDefinition]
    private let registerFields: @Sendable (inout TypeRegistry) throws(GraphQLSchemaError) -> Void

    /// - Parameters:
    ///   - fields: at least one.
    ///   - make: gets the fields' values in the order in which they are listed. A ``GraphQLError`` that it throws
    ///     is an error of the field whose argument this is.
    public init<each Field: Sendable>(
        _ name: String, description: String? = nil, fields field: repeat GraphQLInputField<each Field>,
        make: @escaping @Sendable (repeat each Field) throws -> Value
    ) {
        self.name = name
        self.description = description
        var definitions: [InputDefinition] = []
        repeat definitions.append((each field).definition)
        self.fields = definitions
        self.decode = { value in
            guard case .object(let members) = value else {
                throw GraphQLError(.internalError, "an input object was given another value")
            }
            let values = Dictionary(members.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
            return try make(repeat try (each field).value(in: values))
        }
        self.registerFields = { registry throws(GraphQLSchemaError) in
            repeat try (each field).type.register(&registry)
        }
    }

    func register(_ registry: inout TypeRegistry) throws(GraphQLSchemaError) {
        guard try registry.register(self, named: name) else { return }
        registry.define(TypeDefinition(name: name, description: description, kind: .inputObject(Members(fields))))
        try registerFields(&registry)
    }
}
