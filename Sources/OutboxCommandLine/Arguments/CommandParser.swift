/// Finds the command that is meant and reads what it was called with.
struct CommandParser {
    enum Outcome {
        case run(Command, Invocation)
        case print(String)
    }

    let root: Command
    let version: String
    let environment: [String: String]

    /// - Parameter arguments: without the tool's own name.
    /// - Throws: ``UsageError`` with all problems found.
    func parse(_ arguments: [String]) throws(UsageError) -> Outcome {
        var command = root
        var path = [root.name]
        var rest = arguments[...]
        while !command.subcommands.isEmpty {
            guard let name = rest.first else {
                return .print(HelpText(command, path: path).text)
            }
            rest = rest.dropFirst()
            switch name {
            case "--help", "-h", "help":
                // `help dispatch` is `dispatch --help`.
                guard name == "help", let topic = rest.first, !topic.hasPrefix("-") else {
                    return .print(HelpText(command, path: path).text)
                }
                return try parse(Array(path.dropFirst()) + rest + ["--help"])
            case "--version": return .print("\(root.name) \(version)")
            default:
                guard let found = command.subcommands.first(where: { $0.name == name }) else {
                    throw UsageError(unknownCommand(name, of: command, path: path))
                }
                command = found
                path.append(name)
            }
        }
        return try parse(rest, for: command, path: path)
    }

    private func unknownCommand(_ name: String, of command: Command, path: [String]) -> String {
        let names = command.subcommands.map(\.name)
        let hint =
            Spelling.nearest(to: name, among: names).map { "did you mean \($0)?" }
            ?? "there are \(names.joined(separator: ", "))"
        let kind = name.hasPrefix("-") ? "unknown option" : "unknown command"
        return "\(kind) \(name): \(hint) See `\(path.joined(separator: " ")) --help`."
    }

    private func parse(_ arguments: ArraySlice<String>, for command: Command, path: [String]) throws(UsageError)
        -> Outcome
    {
        var reading = Reading()
        var rest = arguments
        var isAfterDashes = false
        while let word = rest.popFirst() {
            if isAfterDashes || !word.hasPrefix("-") || word == "-" {
                reading.positional.append(word)
            } else if word == "--" {
                isAfterDashes = true
            } else if word == "--help" || word == "-h" {
                return .print(HelpText(command, path: path).text)
            } else if word == "--version" {
                return .print("\(root.name) \(version)")
            } else {
                take(word, &rest, for: command, path: path, into: &reading)
            }
        }
        checkPositional(command, &reading)
        return .run(command, try finish(reading, for: command, path: path))
    }

    private struct Reading {
        var options: [String: [String]] = [:]
        var flags: Set<String> = []
        var settings: [String: String] = [:]
        var kafka: [String] = []
        var positional: [String] = []
        var problems: [String] = []
    }

    private func take(
        _ word: String, _ rest: inout ArraySlice<String>, for command: Command, path: [String],
        into reading: inout Reading
    ) {
        let equals = word.firstIndex(of: "=")
        let name = String(word[..<(equals ?? word.endIndex)].drop { $0 == "-" })
        var value = equals.map { String(word[word.index(after: $0)...]) }
        func needValue() -> String? {
            if value == nil, let next = rest.first, !next.hasPrefix("--") { value = rest.popFirst() }
            if value == nil { reading.problems.append("--\(name) needs a value: --\(name) VALUE") }
            return value
        }
        guard word.hasPrefix("--") else {
            reading.problems.append("unknown option \(word); options begin with two dashes")
            return
        }
        if let option = command.options.first(where: { $0.name == name }) {
            guard option.valueName != nil else {
                if value != nil { reading.problems.append("--\(name) takes no value") }
                reading.flags.insert(name)
                return
            }
            if let text = needValue() {
                if let problem = option.problem(text) { reading.problems.append(problem) }
                if !option.isRepeated, reading.options[name] != nil {
                    reading.problems.append("--\(name) is given twice, and only one of its values could be meant")
                }
                reading.options[name, default: []].append(text)
            }
        } else if let setting = command.settings.first(where: { $0.flag == name }) {
            if let text = needValue() {
                if let problem = setting.problem(text, "--\(name)") { reading.problems.append(problem) }
                reading.settings[setting.name] = text
            }
        } else if command.readsKafkaProperties, name == "kafka-config" {
            if let text = needValue() { reading.kafka.append(text) }
        } else {
            let names = command.options.map(\.name) + command.settings.map(\.flag) + ["help", "version"]
            let hint =
                Spelling.nearest(to: name, among: names).map { "did you mean --\($0)?" }
                ?? "see `\(path.joined(separator: " ")) --help`"
            reading.problems.append("unknown option --\(name): \(hint)")
            // Its value, if it has one, is nobody's argument.
            if value == nil, let next = rest.first, !next.hasPrefix("-") { rest = rest.dropFirst() }
        }
    }

    private func checkPositional(_ command: Command, _ reading: inout Reading) {
        let required = command.arguments.filter(\.isRequired).count
        if reading.positional.count < required {
            for argument in command.arguments.filter(\.isRequired)[reading.positional.count...] {
                reading.problems.append("missing argument <\(argument.name)>: \(argument.help)")
            }
        }
        if !command.arguments.contains(where: \.isRepeated), reading.positional.count > command.arguments.count {
            let extra = reading.positional[command.arguments.count...].joined(separator: " ")
            reading.problems.append("unexpected argument: \(extra)")
        }
    }

    private func finish(_ reading: Reading, for command: Command, path: [String]) throws(UsageError) -> Invocation {
        var problems = reading.problems
        var settings = reading.settings
        for setting in command.settings where settings[setting.name] == nil {
            if let text = environment[setting.name], !text.isEmpty {
                if let problem = setting.problem(text, setting.name) { problems.append(problem) }
                settings[setting.name] = text
            } else if setting.isRequired {
                problems.append("\(setting.name) is not set (nor --\(setting.flag)): it is the \(setting.help)")
            }
        }
        var kafka: [String: String] = [:]
        if command.readsKafkaProperties {
            do {
                kafka = try KafkaProperties.read(environment: environment, flags: reading.kafka)
            } catch {
                problems += error.problems
            }
        }
        guard problems.isEmpty else { throw UsageError(problems) }
        return Invocation(
            path: path, arguments: reading.positional, kafkaProperties: kafka, warnings: misspelt(),
            optionTexts: reading.options, flags: reading.flags, settingTexts: settings, definitions: command.settings)
    }

    /// `OUTBOX_…` variables that no command knows.
    private func misspelt() -> [String] {
        let known = Set(root.allSettings.map(\.name))
        return environment.keys.filter { $0.hasPrefix("OUTBOX_") && !known.contains($0) }.sorted().map { name in
            let hint = Spelling.nearest(to: name, among: Array(known)).map { "; did you mean \($0)?" } ?? ""
            return "\(name) is set, but there is no such setting\(hint)"
        }
    }
}

extension Command {
    /// The settings of this command and of all below it.
    var allSettings: [SettingDefinition] { settings + subcommands.flatMap(\.allSettings) }
}
