/// A named type as validation, introspection and printing see it: without the Swift types and closures of a resolver.
struct TypeDefinition: Sendable {
    enum Kind: Sendable {
        case scalar(ScalarDefinition)
        case object(Members<FieldDefinition>)
        case enumeration(Members<EnumValueDefinition>)
        case inputObject(Members<InputDefinition>)
    }

    let name: String
    let description: String?
    let kind: Kind

    /// The fields of an object type.
    var fields: Members<FieldDefinition>? {
        if case .object(let fields) = kind { fields } else { nil }
    }

    /// Scalars and enums, which have no fields to select.
    var isLeaf: Bool {
        switch kind {
        case .scalar, .enumeration: true
        case .object, .inputObject: false
        }
    }

    var isInput: Bool {
        fields == nil
    }
}

struct ScalarDefinition: Sendable {
    let specifiedBy: String?
    /// The value in the scalar's own form, from a query or a variable.
    let coerce: @Sendable (GraphQLValue) throws -> GraphQLValue
}

struct FieldDefinition: Sendable, Named, Deprecatable {
    let name: String
    let description: String?
    let type: TypeReference
    let arguments: Members<InputDefinition>
    let deprecationReason: String?
}

struct EnumValueDefinition: Sendable, Named, Deprecatable {
    let name: String
    let description: String?
    let deprecationReason: String?
}

/// An argument or a field of an input object.
struct InputDefinition: Sendable, Named, Deprecatable {
    let name: String
    let description: String?
    let type: TypeReference
    let defaultValue: GraphQLValue?
    let deprecationReason: String?

    var isRequired: Bool {
        type.isNonNull && defaultValue == nil
    }
}
