/// A completion script for fish.
struct FishCompletion {
    let root: Command

    var script: String {
        let function = "__\(root.name)_command_is"
        let offers = root.withAllBelow.flatMap { item in
            let names = ([function] + item.path.dropFirst()).joined(separator: " ")
            let isGroup = !item.command.subcommands.isEmpty
            return self.offers(of: item.command, condition: isGroup ? names : names + " '*'")
        }
        return """
            # Completion of \(root.name) for fish, made by `\(root.name) completions fish`.
            function \(function) --description 'Whether these are the words so far; * stands for any more'
                set -l words (commandline -opc)[2..-1]
                if test "$argv[-1]" = '*'
                    set -e argv[-1]
                    test "$words[1..$(count $argv)]" = "$argv"
                else
                    test "$words" = "$argv"
                end
            end
            complete -c \(root.name) -f
            \(offers.joined(separator: "\n"))
            """
    }

    private func offers(of command: Command, condition: String) -> [String] {
        let prefix = "complete -c \(root.name) -n \(quoted(condition))"
        let subcommands = command.subcommands.map { subcommand in
            "\(prefix) -a \(subcommand.name) -d \(quoted(subcommand.summary))"
        }
        let options = command.completedOptions.map { option in
            let values =
                option.valueName == nil
                ? "" : " -x" + (option.choices.isEmpty ? "" : " -a \(quoted(option.choices.joined(separator: " ")))")
            return "\(prefix) -l \(option.name)\(values) -d \(quoted(option.help))"
        }
        return subcommands + options
    }

    /// fish knows two escapes in single quotes.
    private func quoted(_ text: String) -> String { "'" + text.escaping(#"\'"#) + "'" }
}
