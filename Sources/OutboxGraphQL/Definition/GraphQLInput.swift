/// The type of an argument, or of a field of an input object. What is not ``optional(_:)`` must be given, unless it
/// has a default.
public struct GraphQLInput<Value: Sendable>: Sendable {
    let reference: TypeReference
    /// From a value that was coerced to the type.
    let decode: @Sendable (GraphQLValue) throws -> Value
    let register: @Sendable (inout TypeRegistry) throws(GraphQLSchemaError) -> Void
}

extension GraphQLInput {
    /// An input object.
    public static func object(_ object: GraphQLInputObject<Value>) -> Self {
        Self(reference: .nonNull(.named(object.name)), decode: object.decode) {
            registry throws(GraphQLSchemaError) in
            try object.register(&registry)
        }
    }

    /// A list; a single value counts as a list of one, as the specification wants it.
    public static func list<Element>(_ element: GraphQLInput<Element>) -> Self where Value == [Element] {
        Self(
            reference: .nonNull(.list(element.reference)),
            decode: { value in
                guard case .list(let elements) = value else { return [try element.decode(value)] }
                return try elements.map(element.decode)
            }, register: element.register)
    }

    /// What may be left out, or null.
    public static func optional<Wrapped>(_ wrapped: GraphQLInput<Wrapped>) -> Self where Value == Wrapped? {
        Self(
            reference: wrapped.reference.nullable,
            decode: { value in value == .null ? nil : try wrapped.decode(value) }, register: wrapped.register)
    }

    /// A scalar of the schema's own.
    public static func scalar(_ scalar: GraphQLScalar<Value>) -> Self {
        Self(reference: .nonNull(.named(scalar.name)), decode: scalar.parse) { registry throws(GraphQLSchemaError) in
            try scalar.register(&registry)
        }
    }

    /// One of an enum's values.
    public static func enumeration(_ enumeration: GraphQLEnum<Value>) -> Self where Value: Hashable {
        Self(reference: .nonNull(.named(enumeration.name)), decode: enumeration.parse) {
            registry throws(GraphQLSchemaError) in
            try enumeration.register(&registry)
        }
    }
}

extension GraphQLInput where Value == String {
    /// `String!`
    public static var string: Self { .scalar(BuiltInScalars.string) }
    /// `ID!`: a string or an integer, which comes as a string.
    public static var id: Self { .scalar(BuiltInScalars.id) }
}

extension GraphQLInput where Value == Int {
    /// `Int!`, of 32 bits.
    public static var int: Self { .scalar(BuiltInScalars.int) }
}

extension GraphQLInput where Value == Double {
    /// `Float!`; an integer will do.
    public static var float: Self { .scalar(BuiltInScalars.float) }
}

extension GraphQLInput where Value == Bool {
    /// `Boolean!`
    public static var boolean: Self { .scalar(BuiltInScalars.boolean) }
}
