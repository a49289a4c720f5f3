/// A command of a tool, with its options, its settings and its subcommands.
public struct Command: Sendable {
    public let name: String
    /// One line.
    public let summary: String
    /// More, for its own `--help`.
    public let discussion: String
    public let options: [OptionDefinition]
    public let arguments: [Argument]
    public let settings: [SettingDefinition]
    /// Whether `KAFKA_CONFIG_*` and `--kafka-config` are read.
    public let readsKafkaProperties: Bool
    public let subcommands: [Command]
    let action: (@Sendable (Invocation) async throws -> ExitCode)?

    /// A command that does something.
    public init(
        _ name: String, summary: String, discussion: String = "", options: [OptionDefinition] = [],
        arguments: [Argument] = [], settings: [SettingDefinition] = [], readsKafkaProperties: Bool = false,
        action: @escaping @Sendable (Invocation) async throws -> ExitCode
    ) {
        self.name = name
        self.summary = summary
        self.discussion = discussion
        self.options = options
        self.arguments = arguments
        self.settings = settings
        self.readsKafkaProperties = readsKafkaProperties
        subcommands = []
        self.action = action
    }

    /// A command that only has subcommands.
    public init(_ name: String, summary: String, discussion: String = "", subcommands: [Command]) {
        self.name = name
        self.summary = summary
        self.discussion = discussion
        options = []
        arguments = []
        settings = []
        readsKafkaProperties = false
        self.subcommands = subcommands
        action = nil
    }
}
