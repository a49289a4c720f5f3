/// A value read from JSON. What is nested too deep is refused, so that no request can exhaust the stack.
struct JSONInput: Decodable {
    static let maximumNesting = 64

    let value: GraphQLValue

    init(from decoder: any Decoder) throws {
        guard decoder.codingPath.count <= Self.maximumNesting else {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(codingPath: [], debugDescription: "nested deeper than \(Self.maximumNesting)"))
        }
        if var list = try? decoder.unkeyedContainer() {
            var elements: [GraphQLValue] = []
            while !list.isAtEnd {
                elements.append(try list.decode(JSONInput.self).value)
            }
            value = .list(elements)
        } else if let object = try? decoder.container(keyedBy: AnyName.self) {
            value = .object(
                try object.allKeys.sorted { $0.stringValue < $1.stringValue }.map { key in
                    GraphQLValue.Member(key.stringValue, try object.decode(JSONInput.self, forKey: key).value)
                })
        } else {
            value = try Self.scalar(decoder.singleValueContainer())
        }
    }

    private static func scalar(_ container: any SingleValueDecodingContainer) throws -> GraphQLValue {
        if container.decodeNil() { return .null }
        if let text = try? container.decode(String.self) { return .string(text) }
        if let number = try? container.decode(Int.self) { return .integer(number) }
        if let number = try? container.decode(Double.self) { return .float(number) }
        return .boolean(try container.decode(Bool.self))
    }

    private struct AnyName: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) {
            self.stringValue = stringValue
        }

        init?(intValue: Int) {
            nil
        }
    }
}
