/// A setting from the environment; a flag of the same name wins over it.
///
/// `OUTBOX_DISPATCH_BATCH_SIZE` has the flag `--dispatch-batch-size`, `DATABASE_URL` has `--database-url`.
public struct Setting<Value: Sendable>: Sendable {
    /// The environment variable.
    public let name: String
    public let help: String
    public let parser: ValueParser<Value>
    /// The text that stands for the value when nothing else is given; `nil` for none.
    public let defaultText: String?
    public let isRequired: Bool
    /// Hides all or parts of the value in logs.
    let redact: @Sendable (String) -> String

    /// - Parameters:
    ///   - default: in the same form as the environment would give it.
    ///   - isRequired: whether it must be given when there is no default.
    ///   - redact: makes the value fit for logs.
    public init(
        _ name: String, _ parser: ValueParser<Value>, help: String, default defaultText: String? = nil,
        isRequired: Bool = false, redact: @escaping @Sendable (String) -> String = { $0 }
    ) {
        self.name = name
        self.parser = parser
        self.help = help
        self.defaultText = defaultText
        self.isRequired = isRequired
        self.redact = redact
    }

    /// The same setting for a command that can do without it.
    ///
    /// - Parameter help: what it is for there; the usual help unless given.
    public func optional(help: String? = nil) -> Setting {
        Setting(name, parser, help: help ?? self.help, default: defaultText, isRequired: false, redact: redact)
    }

    /// As a command lists it.
    public var definition: SettingDefinition {
        SettingDefinition(
            name: name, valueName: parser.valueName, help: help, defaultText: defaultText, choices: parser.choices,
            isRequired: isRequired,
            problem: { text, origin in
                parser.parse(text) == nil ? "\(origin) is \"\(redact(text))\": allowed is \(parser.allowed)" : nil
            }, redact: redact)
    }
}

/// A setting without its type.
public struct SettingDefinition: Sendable {
    let name: String
    let valueName: String
    let help: String
    let defaultText: String?
    let choices: [String]
    let isRequired: Bool
    let problem: @Sendable (_ text: String, _ origin: String) -> String?
    let redact: @Sendable (String) -> String

    /// The flag's name without its dashes.
    var flag: String { Self.flag(for: name) }

    static func flag(for name: String) -> String {
        let rest = name.hasPrefix("OUTBOX_") ? String(name.dropFirst("OUTBOX_".count)) : name
        return rest.lowercased().map { $0 == "_" ? "-" : String($0) }.joined()
    }
}
