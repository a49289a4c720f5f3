/// The type of a field. Optionality is Swift's: what is not ``optional(_:)`` can never be null.
public struct GraphQLOutput<Value: Sendable, Context: Sendable>: Sendable {
    let reference: TypeReference
    let complete: @Sendable (Value) -> ResolvedValue
    let register: @Sendable (inout SchemaBuilder<Context>) throws(GraphQLSchemaError) -> Void
}

extension GraphQLOutput {
    /// An object, of which the query selects fields.
    public static func object(_ object: GraphQLObject<Value, Context>) -> Self {
        Self(reference: .nonNull(.named(object.name)), complete: { .object($0) }) {
            builder throws(GraphQLSchemaError) in
            try builder.add(object)
        }
    }

    /// A list; none of its elements is null unless they are optional.
    public static func list<Element>(_ element: GraphQLOutput<Element, Context>) -> Self where Value == [Element] {
        Self(
            reference: .nonNull(.list(element.reference)), complete: { .list($0.map(element.complete)) },
            register: element.register)
    }

    /// What may be null.
    public static func optional<Wrapped>(_ wrapped: GraphQLOutput<Wrapped, Context>) -> Self
    where Value == Wrapped? {
        Self(
            reference: wrapped.reference.nullable, complete: { $0.map(wrapped.complete) ?? .leaf(.null) },
            register: wrapped.register)
    }

    /// A scalar of the schema's own.
    public static func scalar(_ scalar: GraphQLScalar<Value>) -> Self {
        leaf(scalar.name, serialize: scalar.serialize) { registry throws(GraphQLSchemaError) in
            try scalar.register(&registry)
        }
    }

    /// One of an enum's values.
    public static func enumeration(_ enumeration: GraphQLEnum<Value>) -> Self where Value: Hashable {
        leaf(enumeration.name, serialize: enumeration.serialize) { registry throws(GraphQLSchemaError) in
            try enumeration.register(&registry)
        }
    }

    private static func leaf(
        _ name: String, serialize: @escaping @Sendable (Value) throws -> GraphQLValue,
        register: @escaping @Sendable (inout TypeRegistry) throws(GraphQLSchemaError) -> Void
    ) -> Self {
        Self(
            reference: .nonNull(.named(name)),
            complete: { value in
                do { return .leaf(try serialize(value)) } catch { return .failed(error) }
            },
            register: { builder throws(GraphQLSchemaError) in try register(&builder.registry) })
    }
}

extension GraphQLOutput where Value == String {
    /// `String!`
    public static var string: Self { .scalar(BuiltInScalars.string) }
    /// `ID!`: like a string, but opaque.
    public static var id: Self { .scalar(BuiltInScalars.id) }
}

extension GraphQLOutput where Value == Int {
    /// `Int!`, of 32 bits: a larger value is an error of its field.
    public static var int: Self { .scalar(BuiltInScalars.int) }
}

extension GraphQLOutput where Value == Double {
    /// `Float!`: a value that is not finite is an error of its field.
    public static var float: Self { .scalar(BuiltInScalars.float) }
}

extension GraphQLOutput where Value == Bool {
    /// `Boolean!`
    public static var boolean: Self { .scalar(BuiltInScalars.boolean) }
}
