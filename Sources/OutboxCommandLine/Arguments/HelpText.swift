/// A command's `--help`.
struct HelpText {
    private let command: Command
    private let path: [String]

    init(_ command: Command, path: [String]) {
        self.command = command
        self.path = path
    }

    var text: String {
        var parts = [command.summary, usage]
        if !command.discussion.isEmpty { parts.append(command.discussion) }
        add("COMMANDS", command.subcommands.map { ($0.name, $0.summary) }, to: &parts)
        add("ARGUMENTS", command.arguments.map { ("<\($0.name)>", $0.help) }, to: &parts)
        add(
            "OPTIONS",
            command.options.map { option in
                let name = "--\(option.name)" + (option.valueName.map { " <\($0)>" } ?? "")
                return (name, option.help + (option.defaultText.map { " (default: \($0))" } ?? ""))
            } + [("--help", "show this"), ("--version", "show the version")], to: &parts)
        add(
            "SETTINGS (environment variable, or the flag)",
            command.settings.map { setting in
                let help =
                    "\(setting.help)\(setting.isRequired ? " (required)" : "")"
                    + (setting.defaultText.map { " (default: \($0))" } ?? "")
                return ("\(setting.name), --\(setting.flag) <\(setting.valueName)>", help)
            }
                + (command.readsKafkaProperties
                    ? [
                        (
                            "KAFKA_CONFIG_<PROPERTY>, --kafka-config <name=value>",
                            "any property of librdkafka, e.g. KAFKA_CONFIG_SECURITY_PROTOCOL=SASL_SSL"
                        )
                    ] : []),
            to: &parts)
        if command.subcommands.isEmpty {
            add("EXIT STATUS", ExitCode.meanings, to: &parts)
        } else {
            parts.append("`\(path.joined(separator: " ")) <command> --help` tells more of a command.")
        }
        return parts.joined(separator: "\n\n")
    }

    private var usage: String { "USAGE\n  " + (path + command.synopsis).joined(separator: " ") }

    private func add(_ title: String, _ rows: [(String, String)], to parts: inout [String]) {
        guard !rows.isEmpty else { return }
        let width = min(30, rows.map(\.0.count).max() ?? 0)
        let lines = rows.map { name, help in
            // A long name has a line of its own.
            name.count > width
                ? "  \(name)\n  \(String(repeating: " ", count: width))  \(help)"
                : "  \(name)\(String(repeating: " ", count: width - name.count))  \(help)"
        }
        parts.append(([title] + lines).joined(separator: "\n"))
    }
}

extension Command {
    /// What follows the command's name, e.g. `<event-id>`, `[options]`.
    var synopsis: [String] {
        let words = arguments.map { argument in
            let name = "<\(argument.name)>" + (argument.isRepeated ? "…" : "")
            return argument.isRequired ? name : "[\(name)]"
        }
        return (subcommands.isEmpty ? [] : ["<command>"]) + words + ["[options]"]
    }
}
