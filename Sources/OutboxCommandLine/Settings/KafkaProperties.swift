/// Properties of librdkafka from the environment: `KAFKA_CONFIG_SECURITY_PROTOCOL=SASL_SSL` is `security.protocol`.
public enum KafkaProperties {
    static let prefix = "KAFKA_CONFIG_"

    /// - Parameters:
    ///   - environment: variables by name.
    ///   - flags: `name=value` texts of `--kafka-config`; they win.
    /// - Throws: ``UsageError`` for a flag without `=`.
    public static func read(environment: [String: String], flags: [String]) throws(UsageError) -> [String: String] {
        var properties: [String: String] = [:]
        for (name, value) in environment where name.hasPrefix(prefix) && name.utf8.count > prefix.utf8.count {
            properties[propertyName(of: name)] = value
        }
        for flag in flags {
            guard let equals = flag.firstIndex(of: "="), equals != flag.startIndex else {
                throw UsageError("--kafka-config is \"\(flag)\": allowed is name=value, e.g. compression.type=lz4")
            }
            properties[String(flag[..<equals])] = String(flag[flag.index(after: equals)...])
        }
        return properties
    }

    static func propertyName(of variable: String) -> String {
        variable.dropFirst(prefix.count).lowercased().map { $0 == "_" ? "." : String($0) }.joined()
    }
}
