/// An enum type: names for the values of a Swift type.
///
/// Keep a type in a `static let`, because a schema accepts one definition for each name.
public final class GraphQLEnum<Value: Hashable & Sendable>: Sendable {
    /// One of the values.
    public struct Case: Sendable {
        let value: Value
        let definition: EnumValueDefinition

        /// - Parameters:
        ///   - name: as a query spells it, e.g. `ACTIVE`.
        ///   - deprecated: why, and what to use in its place, when the value should not be used any more.
        public init(_ name: String, _ value: Value, description: String? = nil, deprecated: String? = nil) {
            self.value = value
            self.definition = EnumValueDefinition(
                name: name, description: description, deprecationReason: deprecated)
        }
    }

    public let name: String
    public let description: String?
    private let cases: [EnumValueDefinition]
    private let names: [Value: String]
    private let values: [String: Value]

    /// - Parameter cases: at least one.
    public init(_ name: String, description: String? = nil, cases: [Case]) {
        self.name = name
        self.description = description
        self.cases = cases.map(\.definition)
        self.names = Dictionary(cases.map { ($0.value, $0.definition.name) }, uniquingKeysWith: { first, _ in first })
        self.values = Dictionary(cases.map { ($0.definition.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    }

    @Sendable func serialize(_ value: Value) throws -> GraphQLValue {
        guard let name = names[value] else {
            throw GraphQLError(.internalError, "a value of the enum \(name) has no name")
        }
        return .enumeration(name)
    }

    @Sendable func parse(_ value: GraphQLValue) throws -> Value {
        guard case .enumeration(let name) = value, let value = values[name] else {
            throw GraphQLError(.internalError, "the enum \(self.name) has no such value")
        }
        return value
    }

    func register(_ registry: inout TypeRegistry) throws(GraphQLSchemaError) {
        guard try registry.register(self, named: name) else { return }
        registry.define(TypeDefinition(name: name, description: description, kind: .enumeration(Members(cases))))
    }
}

extension GraphQLEnum where Value: CaseIterable & RawRepresentable<String> {
    /// All cases of a Swift enum, named by their raw values.
    public convenience init(_ name: String, _ type: Value.Type, description: String? = nil) {
        self.init(name, description: description, cases: type.allCases.map { Case($0.rawValue, $0) })
    }
}
