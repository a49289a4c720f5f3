/// An option with a value, such as `--limit 20`.
public struct Option<Value: Sendable>: Sendable {
    public let name: String
    public let help: String
    public let parser: ValueParser<Value>
    public let defaultValue: Value?
    let defaultText: String?
    /// Whether it may be given several times.
    public let isRepeated: Bool

    /// - Parameters:
    ///   - name: without the dashes.
    ///   - defaultValue: `nil` when the option may be left out without one.
    ///   - isRepeated: whether it may be given several times; ``Invocation/values(of:)`` has them all.
    public init(
        _ name: String, _ parser: ValueParser<Value>, help: String, defaultValue: Value? = nil,
        defaultText: String? = nil, isRepeated: Bool = false
    ) {
        self.name = name
        self.parser = parser
        self.help = help
        self.defaultValue = defaultValue
        self.defaultText = defaultText ?? defaultValue.map { "\($0)" }
        self.isRepeated = isRepeated
    }

    /// As a command lists it.
    public var definition: OptionDefinition {
        OptionDefinition(
            name: name, valueName: parser.valueName, help: isRepeated ? help + "; may be repeated" : help,
            defaultText: defaultText, choices: parser.choices, isRepeated: isRepeated,
            problem: { text in
                parser.parse(text) == nil ? "--\(name) is \"\(text)\": allowed is \(parser.allowed)" : nil
            })
    }
}

/// A switch, such as `--json`.
public struct Flag: Sendable {
    public let name: String
    public let help: String

    public init(_ name: String, help: String) {
        self.name = name
        self.help = help
    }

    /// As a command lists it.
    public var definition: OptionDefinition {
        OptionDefinition(
            name: name, valueName: nil, help: help, defaultText: nil, choices: [], isRepeated: true,
            problem: { _ in nil })
    }
}

/// An option or a flag without its type.
public struct OptionDefinition: Sendable {
    let name: String
    /// `nil` for a flag.
    let valueName: String?
    let help: String
    let defaultText: String?
    let choices: [String]
    let isRepeated: Bool
    /// What is wrong with a value, if anything.
    let problem: @Sendable (String) -> String?
}

/// A positional argument.
public struct Argument: Sendable {
    public let name: String
    public let help: String
    public let isRequired: Bool
    /// Whether it takes all that is left.
    public let isRepeated: Bool

    public init(_ name: String, help: String, isRequired: Bool = true, isRepeated: Bool = false) {
        self.name = name
        self.help = help
        self.isRequired = isRequired
        self.isRepeated = isRepeated
    }
}
