import FoundationEssentials

/// Values as JSON for scripts: keys sorted, dates in ISO 8601.
public enum JSONOutput {
    /// - Throws: `EncodingError`.
    public static func text(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}
