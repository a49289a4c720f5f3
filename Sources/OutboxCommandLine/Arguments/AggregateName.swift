/// An aggregate as people name it: `type:id`, e.g. `position:P1000033`.
public struct AggregateName: Sendable, Hashable, CustomStringConvertible {
    public let type: String
    /// May hold colons itself.
    public let id: String

    public init(type: String, id: String) {
        self.type = type
        self.id = id
    }

    /// - Returns: `nil` unless the text is `type:id`.
    public init?(_ text: String) {
        guard let colon = text.firstIndex(of: ":") else { return nil }
        self.init(type: String(text[..<colon]), id: String(text[text.index(after: colon)...]))
        guard !type.isEmpty, !id.isEmpty else { return nil }
    }

    public var description: String { "\(type):\(id)" }
}

extension ValueParser where Value == AggregateName {
    /// `type:id`
    public static var aggregate: ValueParser {
        ValueParser(valueName: "type:id", allowed: "type:id, e.g. position:P1000033") { AggregateName($0) }
    }
}
