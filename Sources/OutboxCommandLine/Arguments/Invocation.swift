/// What a command was called with.
public struct Invocation: Sendable {
    /// The names from the tool to the command.
    public let path: [String]
    /// Positional arguments.
    public let arguments: [String]
    /// Properties of librdkafka by name.
    public let kafkaProperties: [String: String]
    /// Settings that look misspelt.
    public let warnings: [String]

    let optionTexts: [String: [String]]
    let flags: Set<String>
    let settingTexts: [String: String]
    let definitions: [SettingDefinition]

    /// An option's value, or its default.
    public subscript<Value>(option: Option<Value>) -> Value? {
        optionTexts[option.name]?.last.flatMap(option.parser.parse) ?? option.defaultValue
    }

    /// The values of an option that may be repeated, as they were given; empty when it was not.
    public func values<Value>(of option: Option<Value>) -> [Value] {
        (optionTexts[option.name] ?? []).compactMap(option.parser.parse)
    }

    public subscript(flag: Flag) -> Bool { flags.contains(flag.name) }

    /// A setting's value; `nil` when it is not given and has no default.
    public subscript<Value>(setting: Setting<Value>) -> Value? {
        (settingTexts[setting.name] ?? setting.defaultText).flatMap(setting.parser.parse)
    }

    /// The value of a setting that is required or has a default.
    ///
    /// - Throws: ``UsageError`` when it has neither; the parser has then not been told of the setting.
    public func value<Value>(_ setting: Setting<Value>) throws(UsageError) -> Value {
        guard let value = self[setting] else {
            throw UsageError("\(setting.name) is not set: it is \(setting.help)")
        }
        return value
    }

    /// All settings by name, fit for logs: secrets hidden.
    public var describedSettings: [(name: String, value: String)] {
        var lines = definitions.map { definition in
            (definition.name, (settingTexts[definition.name] ?? definition.defaultText).map(definition.redact) ?? "")
        }
        for (name, value) in kafkaProperties.sorted(by: { $0.key < $1.key }) {
            lines.append(("KAFKA_CONFIG " + name, SecretNames.isSecret(name) ? "***" : value))
        }
        return lines
    }
}
