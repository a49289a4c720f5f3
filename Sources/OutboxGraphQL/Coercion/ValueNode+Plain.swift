extension ValueNode {
    /// The value as it is written, without a look at any type.
    ///
    /// - Parameter variables: by name; what is missing counts as null.
    func plain(variables: [String: GraphQLValue] = [:]) -> GraphQLValue {
        switch kind {
        case .variable(let name): variables[name] ?? .null
        case .null: .null
        case .boolean(let flag): .boolean(flag)
        // Beyond the integer type only a Float can take it.
        case .integer(let digits): Int(digits).map { .integer($0) } ?? .float(Double(digits) ?? .infinity)
        case .float(let digits): .float(Double(digits) ?? .infinity)
        case .string(let text): .string(text)
        case .enumeration(let name): .enumeration(name)
        case .list(let elements): .list(elements.map { $0.plain(variables: variables) })
        case .object(let fields):
            .object(fields.map { .init($0.name.text, $0.value.plain(variables: variables)) })
        }
    }
}
