/// A completion script for zsh, to be put into a folder of `fpath` as `_<tool>`.
struct ZshCompletion {
    let root: Command

    var script: String {
        let commands = root.withAllBelow
        let routes = commands.dropFirst().map { $0.path.joined(separator: " ").quotedForShell }
        let cases = commands.map { item in
            "    (\(item.path.joined(separator: " ").quotedForShell))\n\(completion(of: item.command)) ;;"
        }
        return """
            #compdef \(root.name)
            # Completion of \(root.name) for zsh, made by `\(root.name) completions zsh`.
            _\(root.name)() {
                local route=\(root.name)
                local -i at=2
                while (( at < CURRENT )); do
                    case "$route $words[at]" in
                    (\(routes.joined(separator: "|")))
                        route+=" $words[at]" ;;
                    (*)
                        break ;;
                    esac
                    (( at++ ))
                done
                # What follows is completed as if the command's own name were the first word.
                words=("${(@)words[at-1,-1]}")
                (( CURRENT -= at - 2 ))
                case $route in
            \(cases.joined(separator: "\n"))
                esac
            }
            _\(root.name) "$@"
            """
    }

    private func completion(of command: Command) -> String {
        var words = command.completedOptions.map(specification)
        words += command.arguments.map { argument in
            "\(argument.isRepeated ? "*" : "")::\(argument.name.escaping(#"\:"#)): ".quotedForShell
        }
        if !command.subcommands.isEmpty {
            let names = command.subcommands.map { subcommand in
                subcommand.name + "\\:" + subcommand.summary.escaping(#"\:" ()"#)
            }
            words.append("1:command:((\(names.joined(separator: " "))))".quotedForShell)
        }
        return "        _arguments " + words.joined(separator: " \\\n            ")
    }

    private func specification(_ option: CompletedOption) -> String {
        let help = "[\(option.help.escaping(#"\[]:"#))]"
        let prefix = option.isRepeated ? "*" : ""
        guard let valueName = option.valueName else { return (prefix + option.word + help).quotedForShell }
        let action = option.choices.isEmpty ? " " : "(\(option.choices.joined(separator: " ")))"
        return "\(prefix)\(option.word)=\(help):\(valueName.escaping(#"\:"#)):\(action)".quotedForShell
    }
}
