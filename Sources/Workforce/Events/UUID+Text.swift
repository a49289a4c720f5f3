import FoundationEssentials

extension UUID {
    /// In lower case, as PostgreSQL and most languages print it.
    var text: String { uuidString.lowercased() }
}

// What the compiler makes for `Encodable` types of this module calls these: so their ids are in lower case as well.
extension KeyedEncodingContainer {
    mutating func encode(_ id: UUID, forKey key: Key) throws { try encode(id.text, forKey: key) }

    mutating func encodeIfPresent(_ id: UUID?, forKey key: Key) throws { try encodeIfPresent(id?.text, forKey: key) }
}
