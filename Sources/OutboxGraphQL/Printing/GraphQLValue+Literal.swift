extension GraphQLValue {
    /// The value as a document would spell it.
    var literal: String {
        switch self {
        case .null, .boolean, .integer, .float, .string:
            String(decoding: serialized(), as: UTF8.self)
        case .enumeration(let name): name
        case .list(let elements):
            "[" + elements.map(\.literal).joined(separator: ", ") + "]"
        case .object(let members):
            "{" + members.map { "\($0.name): \($0.value.literal)" }.joined(separator: ", ") + "}"
        }
    }
}
