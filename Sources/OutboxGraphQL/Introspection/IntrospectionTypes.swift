/// The types of introspection, in the words of this library. They name each other, rather than refer to each other.
struct IntrospectionTypes<Context: Sendable> {
    private let includeDeprecated = GraphQLArgument<Bool?>("includeDeprecated", .optional(.boolean), default: false)

    func add(to builder: inout SchemaBuilder<Context>) throws(GraphQLSchemaError) {
        try builder.add(schema)
        try builder.add(type)
        try builder.add(field)
        try builder.add(inputValue)
        try builder.add(enumValue)
        try builder.add(directive)
        try builder.addEnum(
            "__TypeKind", "What a type is.",
            ["SCALAR", "OBJECT", "INTERFACE", "UNION", "ENUM", "INPUT_OBJECT", "LIST", "NON_NULL"])
        try builder.addEnum(
            "__DirectiveLocation", "Where a directive may stand.",
            [
                "QUERY", "MUTATION", "SUBSCRIPTION", "FIELD", "FRAGMENT_DEFINITION", "FRAGMENT_SPREAD",
                "INLINE_FRAGMENT", "VARIABLE_DEFINITION", "SCHEMA", "SCALAR", "OBJECT", "FIELD_DEFINITION",
                "ARGUMENT_DEFINITION", "INTERFACE", "UNION", "ENUM", "ENUM_VALUE", "INPUT_OBJECT",
                "INPUT_FIELD_DEFINITION",
            ])
    }

    private var schema: GraphQLObject<TypeSystem, Context> {
        GraphQLObject("__Schema", description: "All types and directives of the server.") {
            GraphQLField("description", .optional(.string)) { $0.description }
            GraphQLField("types", .list(.typeView)) { system in
                system.types.keys.sorted().map { Introspected(.named($0), in: system) }
            }
            GraphQLField("queryType", .typeView) { Introspected(.named($0.queryType), in: $0) }
            GraphQLField("mutationType", .optional(.typeView)) { _ in nil }
            GraphQLField("subscriptionType", .optional(.typeView)) { _ in nil }
            GraphQLField("directives", .list(.named("__Directive"))) { system in
                system.directives.all.map { Introspected($0, in: system) }
            }
        }
    }

    private var type: GraphQLObject<Introspected<TypeReference>, Context> {
        GraphQLObject("__Type", description: "A named type, or a list or non-null of another.") {
            GraphQLField("kind", .named(enumeration: "__TypeKind")) { $0.kind }
            GraphQLField("name", .optional(.string)) { $0.named?.name }
            GraphQLField("description", .optional(.string)) { $0.named?.description }
            GraphQLField("specifiedByURL", .optional(.string)) { type in
                if case .scalar(let scalar) = type.named?.kind { scalar.specifiedBy } else { nil }
            }
            GraphQLField(
                "fields", .optional(.list(.named("__Field"))), arguments: includeDeprecated
            ) { type, _, all -> [Introspected<FieldDefinition>]? in
                type.named?.fields.map { type.parts($0, deprecated: all) }
            }
            GraphQLField("interfaces", .optional(.list(.typeView))) { type in
                type.named?.fields == nil ? nil : []
            }
            GraphQLField("possibleTypes", .optional(.list(.typeView))) { _ in nil }
            GraphQLField(
                "enumValues", .optional(.list(.named("__EnumValue"))), arguments: includeDeprecated
            ) { type, _, all -> [Introspected<EnumValueDefinition>]? in
                guard case .enumeration(let values) = type.named?.kind else { return nil }
                return type.parts(values, deprecated: all)
            }
            GraphQLField(
                "inputFields", .optional(.list(.named("__InputValue"))), arguments: includeDeprecated
            ) { type, _, all -> [Introspected<InputDefinition>]? in
                guard case .inputObject(let fields) = type.named?.kind else { return nil }
                return type.parts(fields, deprecated: all)
            }
            GraphQLField("ofType", .optional(.typeView)) { $0.inner }
        }
    }

    private var field: GraphQLObject<Introspected<FieldDefinition>, Context> {
        GraphQLObject("__Field", description: "A field of an object type.") {
            GraphQLField("name", .string) { $0.definition.name }
            GraphQLField("description", .optional(.string)) { $0.definition.description }
            GraphQLField(
                "args", .list(.named("__InputValue")), arguments: includeDeprecated
            ) { field, _, all -> [Introspected<InputDefinition>] in
                field.parts(field.definition.arguments, deprecated: all)
            }
            GraphQLField("type", .typeView) { $0.other($0.definition.type) }
            GraphQLField("isDeprecated", .boolean) { $0.definition.deprecationReason != nil }
            GraphQLField("deprecationReason", .optional(.string)) { $0.definition.deprecationReason }
        }
    }

    private var inputValue: GraphQLObject<Introspected<InputDefinition>, Context> {
        GraphQLObject("__InputValue", description: "An argument, or a field of an input object.") {
            GraphQLField("name", .string) { $0.definition.name }
            GraphQLField("description", .optional(.string)) { $0.definition.description }
            GraphQLField("type", .typeView) { $0.other($0.definition.type) }
            GraphQLField("defaultValue", .optional(.string)) { $0.definition.defaultValue?.literal }
            GraphQLField("isDeprecated", .boolean) { $0.definition.deprecationReason != nil }
            GraphQLField("deprecationReason", .optional(.string)) { $0.definition.deprecationReason }
        }
    }

    private var enumValue: GraphQLObject<Introspected<EnumValueDefinition>, Context> {
        GraphQLObject("__EnumValue", description: "A value of an enum.") {
            GraphQLField("name", .string) { $0.definition.name }
            GraphQLField("description", .optional(.string)) { $0.definition.description }
            GraphQLField("isDeprecated", .boolean) { $0.definition.deprecationReason != nil }
            GraphQLField("deprecationReason", .optional(.string)) { $0.definition.deprecationReason }
        }
    }

    private var directive: GraphQLObject<Introspected<DirectiveDefinition>, Context> {
        GraphQLObject("__Directive", description: "A directive that a document may use.") {
            GraphQLField("name", .string) { $0.definition.name }
            GraphQLField("description", .optional(.string)) { $0.definition.description }
            GraphQLField("isRepeatable", .boolean) { _ in false }
            GraphQLField("locations", .list(.named(enumeration: "__DirectiveLocation"))) {
                $0.definition.locations.map(\.rawValue)
            }
            GraphQLField(
                "args", .list(.named("__InputValue")), arguments: includeDeprecated
            ) { directive, _, all -> [Introspected<InputDefinition>] in
                directive.parts(directive.definition.arguments, deprecated: all)
            }
        }
    }
}

extension GraphQLOutput {
    /// An object of a type that is added to the schema by itself.
    fileprivate static func named(_ name: String) -> Self {
        Self(reference: .nonNull(.named(name)), complete: { .object($0) }) { _ in }
    }
}

extension GraphQLOutput where Value == Introspected<TypeReference> {
    fileprivate static var typeView: Self { .named("__Type") }
}

extension GraphQLOutput where Value == String {
    fileprivate static func named(enumeration name: String) -> Self {
        Self(reference: .nonNull(.named(name)), complete: { .leaf(.enumeration($0)) }) { _ in }
    }
}
