/// Keeps secrets out of logs.
///
/// - A metadata value, at any depth, whose key looks like a secret's (``isSecret(key:)``) is masked.
/// - In texts, the password of a URL is masked, and so is what follows a secret's name in `name=value`,
///   `"name": "value"` and `Authorization: Bearer …`.
///
/// It masks too much rather than too little.
public enum LogRedaction {
    /// What stands in a secret's place.
    public static let mask = "***"

    private static let secretNames = [
        "password", "passwd", "passphrase", "pwd", "secret", "token", "authorization", "apikey", "credential",
        "cookie", "privatekey", "keypem", "jaasconfig", "oauthbearerconfig",
    ]

    /// Whether a name looks like a secret's: holds `password`, `secret`, `token`, `authorization`, `api_key`,
    /// `credential`, `cookie`, `private_key` or the like, whatever its case and separators.
    public static func isSecret(key: String) -> Bool {
        isSecret(key: Array(key.utf8)[...])
    }

    static func isSecret(key: ArraySlice<UInt8>) -> Bool {
        let letters = key.compactMap { byte -> UInt8? in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
            case UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: " "): nil
            default: byte
            }
        }
        guard letters.count >= 3 else { return false }
        return secretNames.contains { name in letters.contains(name.utf8) }
    }

    /// A text in which passwords and the like are masked.
    public static func redacted(_ text: String) -> String {
        // Nothing can be hidden where neither a `=` nor a `:` stands; most texts leave here.
        guard text.utf8.contains(where: { $0 == UInt8(ascii: "=") || $0 == UInt8(ascii: ":") }) else { return text }
        var scanner = SecretScanner(Array(text.utf8))
        return scanner.redact() ? String(decoding: scanner.output, as: UTF8.self) : text
    }

    /// Metadata in which secrets are masked.
    public static func redacted(_ metadata: Logger.Metadata) -> Logger.Metadata {
        redacted(metadata, depth: 0)
    }

    static func redacted(_ value: Logger.MetadataValue, key: String) -> Logger.MetadataValue {
        redacted(value, key: key, depth: 0)
    }

    private static func redacted(_ metadata: Logger.Metadata, depth: Int) -> Logger.Metadata {
        var result = metadata
        for (key, value) in metadata { result[key] = redacted(value, key: key, depth: depth) }
        return result
    }

    private static func redacted(
        _ value: Logger.MetadataValue, key: String, depth: Int
    ) -> Logger.MetadataValue {
        if isSecret(key: key) { return .string(mask) }
        return redacted(value, depth: depth)
    }

    private static func redacted(_ value: Logger.MetadataValue, depth: Int) -> Logger.MetadataValue {
        switch value {
        case .string(let text): return .string(redacted(text))
        case .stringConvertible(let value):
            if value is any Numeric || value is Bool { return .stringConvertible(value) }
            return .string(redacted(value.description))
        case .array(let values):
            // Deeper than this is nobody's intent, and recursion must end.
            guard depth < 16 else { return .string("…") }
            return .array(values.map { redacted($0, depth: depth + 1) })
        case .dictionary(let values):
            guard depth < 16 else { return .string("…") }
            return .dictionary(redacted(values, depth: depth + 1))
        }
    }
}
