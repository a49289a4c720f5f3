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
    ].map { Array($0.utf8) }

    /// Whether a name looks like a secret's: holds `password`, `secret`, `token`, `authorization`, `api_key`,
    /// `credential`, `cookie`, `private_key` or the like, whatever its case and separators.
    public static func isSecret(key: String) -> Bool {
        var key = key
        return key.withUTF8 { isSecret(key: $0) }
    }

    /// Runs for every name in every line, hence by hand: no allocation, and a look at the names only where one of
    /// their first letters stands.
    static func isSecret(key: UnsafeBufferPointer<UInt8>) -> Bool {
        guard key.count >= 3 else { return false }
        return key.indices.contains { start in
            switch key[start] | 0x20 {
            case UInt8(ascii: "p"), UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "a"), UInt8(ascii: "c"),
                UInt8(ascii: "k"), UInt8(ascii: "j"), UInt8(ascii: "o"):
                secretNames.contains { stands($0, in: key, at: start) }
            default: false
            }
        }
    }

    /// Whether a name stands at a place, whatever its case and the separators in it.
    private static func stands(_ name: [UInt8], in key: UnsafeBufferPointer<UInt8>, at start: Int) -> Bool {
        var position = start
        for letter in name {
            while position < key.count, isSeparator(key[position]) { position += 1 }
            guard position < key.count, key[position] | 0x20 == letter else { return false }
            position += 1
        }
        return true
    }

    private static func isSeparator(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: " ")
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
