import FoundationEssentials

/// A tool's manual page in the language of man(7): all its commands, their settings, and what `--help` says besides.
public struct ManualPage: Sendable {
    private let root: Command
    private let version: String
    private let date: String

    /// - Parameters:
    ///   - root: the tool itself with its subcommands.
    ///   - version: what the foot of the page names.
    ///   - date: as `2026-01-31`.
    public init(_ root: Command, version: String, date: String) {
        self.root = root
        self.version = version
        self.date = date
    }

    /// The page's source.
    public var text: String {
        let name = root.name
        var lines = [
            ".\\\" Made by `\(name) manual`.",
            ".TH \(name.uppercased()) 1 \(date) \"\(name) \(version)\" \"User Commands\"",
            // Names are looked for and copied: no hyphens in them, and no stretched lines.
            ".nh", ".ad l", ".SH NAME", "\(name) \\- \(Roff.text(summary))",
            ".SH SYNOPSIS", ".B \(name)", Roff.text("<command> [options]"),
            ".SH DESCRIPTION", Roff.text(root.summary),
        ]
        lines += Roff.paragraphs(root.discussion)
        lines += [
            ".PP", Roff.text("Every command takes `--help` and `--version`."),
            Roff.text("Settings come from the environment; each has a flag as well, which wins."), ".SH COMMANDS",
        ]
        lines += root.withAllBelow.dropFirst().flatMap { section(of: $0.command, path: $0.path) }
        lines += [".SH ENVIRONMENT"] + root.distinctSettings.flatMap(entry)
        if root.withAllBelow.contains(where: \.command.readsKafkaProperties) {
            lines += Roff.entry(
                "`KAFKA_CONFIG_`<property>, `--kafka-config` <name=value>",
                "any property of librdkafka, e.g. KAFKA_CONFIG_SECURITY_PROTOCOL=SASL_SSL")
        }
        lines += [".SH EXIT STATUS"] + ExitCode.meanings.flatMap { Roff.entry("`\($0.0)`", $0.1) }
        return lines.joined(separator: "\n")
    }

    /// The summary as part of a line, as indexes of manuals show it.
    private var summary: String {
        let text = root.summary.hasSuffix(".") ? String(root.summary.dropLast()) : root.summary
        return text.prefix(1).lowercased() + text.dropFirst()
    }

    private func section(of command: Command, path: [String]) -> [String] {
        let words = [path.joined(separator: " ")] + command.synopsis
        var lines = [".SS \"\(Roff.plain(words.joined(separator: " ")))\"", Roff.text(command.summary)]
        lines += Roff.paragraphs(command.discussion)
        lines += command.arguments.flatMap { Roff.entry("<\($0.name)>", $0.help) }
        lines += command.options.flatMap { option in
            Roff.entry(
                "`--\(option.name)`" + (option.valueName.map { " <\($0)>" } ?? ""),
                option.help + (option.defaultText.map { " (default: \($0))" } ?? ""))
        }
        if !command.settings.isEmpty {
            let names = command.settings.map(\.name) + (command.readsKafkaProperties ? ["KAFKA_CONFIG_<property>"] : [])
            lines += [".PP", Roff.text("Settings: \(names.joined(separator: ", "))")]
        }
        return lines
    }

    private func entry(of setting: SettingDefinition) -> [String] {
        Roff.entry(
            "`\(setting.name)`, `--\(setting.flag)` <\(setting.valueName)>",
            setting.help + (setting.defaultText.map { " (default: \($0))" } ?? ""))
    }
}
