/// An object type: a name and the fields that a query can select of a Swift value.
///
///     static let position: GraphQLObject<Position, QueryContext> = GraphQLObject("Position") {
///         GraphQLField("code", .string) { $0.code }
///         GraphQLField("organization", .optional(.object(organization))) { position, context in
///             try await context.readModel.organization(position.organizationCode)
///         }
///     }
///
/// Types may refer to each other in circles: the fields are asked for when the schema is built, not before. (Say the
/// type of such a constant, as above, or the compiler goes in circles too.) Keep a type in a `static let`, because a
/// schema accepts one definition for each name.
public final class GraphQLObject<Source: Sendable, Context: Sendable>: Sendable {
    public let name: String
    public let description: String?
    let fields: @Sendable () -> [GraphQLField<Source, Context>]

    /// - Parameters:
    ///   - name: letters, digits and `_`; `__` in front is kept for introspection.
    ///   - description: shown to clients by introspection.
    ///   - fields: at least one.
    public init(
        _ name: String, description: String? = nil,
        @GraphQLFieldBuilder<Source, Context> fields: @escaping @Sendable () -> [GraphQLField<Source, Context>]
    ) {
        self.name = name
        self.description = description
        self.fields = fields
    }
}

/// Lists the fields of a ``GraphQLObject``.
@resultBuilder
public enum GraphQLFieldBuilder<Source: Sendable, Context: Sendable> {
    public static func buildExpression(_ field: GraphQLField<Source, Context>) -> [GraphQLField<Source, Context>] {
        [field]
    }

    public static func buildArray(_ fields: [[GraphQLField<Source, Context>]]) -> [GraphQLField<Source, Context>] {
        fields.flatMap(\.self)
    }

    public static func buildBlock(_ fields: [GraphQLField<Source, Context>]...) -> [GraphQLField<Source, Context>] {
        fields.flatMap(\.self)
    }
}
