/// A file of environment variables for a service: all settings of a tool, explained, those that can be left out as
/// comments. Service managers such as systemd read it, and so does a shell.
public struct EnvironmentFile: Sendable {
    private let root: Command

    /// - Parameter root: the tool itself with its subcommands.
    public init(_ root: Command) { self.root = root }

    /// The file's text.
    public var text: String {
        var paragraphs = [
            """
            # Settings of \(root.name), made by `\(root.name) environment`. `man \(root.name)` tells more.
            # Take the # away before the NAME of what you set, and put quotes around values with spaces or $ & ; in them.
            """
        ]
        paragraphs += root.distinctSettings.map { setting in
            let value = setting.defaultText.map { Self.quoted($0) } ?? ""
            return "# \(setting.help) <\(setting.valueName)>\n#\(setting.name)=\(value)"
        }
        if root.withAllBelow.contains(where: \.command.readsKafkaProperties) {
            paragraphs.append("# any property of librdkafka\n#\(KafkaProperties.prefix)SECURITY_PROTOCOL=SASL_SSL")
        }
        return paragraphs.joined(separator: "\n\n")
    }

    private static func quoted(_ value: String) -> String {
        value.allSatisfy { $0.isLetter || $0.isNumber || "._-:/,".contains($0) } ? value : value.quotedForShell
    }
}

extension Command {
    /// The settings of this command and of all below it, each once: as the command says it that cannot do without it,
    /// else as the first one does.
    var distinctSettings: [SettingDefinition] {
        let all = allSettings
        var names: Set<String> = []
        return all.filter { names.insert($0.name).inserted }.map { first in
            all.first { $0.name == first.name && $0.isRequired } ?? first
        }
    }
}
