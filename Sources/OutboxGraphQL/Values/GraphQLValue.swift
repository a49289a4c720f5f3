/// A value as it comes in with a query or its variables, and as it goes out in an answer.
public enum GraphQLValue: Sendable, Equatable {
    case null
    case boolean(Bool)
    case integer(Int)
    case float(Double)
    case string(String)
    /// An enum value by its name. In JSON it is a string.
    case enumeration(String)
    case list([GraphQLValue])
    /// The members in the order in which they were asked for.
    case object([Member])

    /// One member of an object.
    public struct Member: Sendable, Equatable {
        public var name: String
        public var value: GraphQLValue

        public init(_ name: String, _ value: GraphQLValue) {
            self.name = name
            self.value = value
        }
    }

    /// The member of an object; `nil` where there is none or this is no object.
    public subscript(name: String) -> GraphQLValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    /// The element of a list; `nil` beyond its end or where this is no list.
    public subscript(index: Int) -> GraphQLValue? {
        guard case .list(let elements) = self, elements.indices.contains(index) else { return nil }
        return elements[index]
    }
}
