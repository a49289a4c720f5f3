/// An option or a setting's flag, as completions offer it.
struct CompletedOption {
    /// Without the dashes.
    let name: String
    let help: String
    /// `nil` for a flag.
    let valueName: String?
    let choices: [String]
    var isRepeated = false

    var word: String { "--" + name }
}

extension Command {
    /// All that may be given with this command.
    var completedOptions: [CompletedOption] {
        var all = options.map {
            CompletedOption(
                name: $0.name, help: $0.help, valueName: $0.valueName, choices: $0.choices, isRepeated: $0.isRepeated)
        }
        all += settings.map {
            CompletedOption(name: $0.flag, help: $0.help, valueName: $0.valueName, choices: $0.choices)
        }
        if readsKafkaProperties {
            all.append(
                CompletedOption(
                    name: "kafka-config", help: "a property of librdkafka", valueName: "name=value", choices: [],
                    isRepeated: true))
        }
        return all + [
            CompletedOption(name: "help", help: "show this command's help", valueName: nil, choices: []),
            CompletedOption(name: "version", help: "show the version", valueName: nil, choices: []),
        ]
    }

    /// This command and all below it, each with the names that lead to it.
    var withAllBelow: [(path: [String], command: Command)] {
        [([name], self)] + subcommands.flatMap(\.withAllBelow).map { ([name] + $0.path, $0.command) }
    }
}
