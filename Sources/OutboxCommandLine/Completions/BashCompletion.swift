/// A completion script for bash. Macs still have version 3.2, so it uses nothing newer.
struct BashCompletion {
    let root: Command

    var script: String {
        let commands = root.withAllBelow
        let routes = commands.dropFirst().map { $0.path.joined(separator: " ").quotedForShell }
        let cases = commands.map { words(of: $0.command, route: $0.path.joined(separator: " ")) }
        return """
            # Completion of \(root.name) for bash, made by `\(root.name) completions bash`.
            _\(root.name)() {
                local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} word words=
                local route=\(root.name)
                # --name=value comes as three words.
                if [[ $current == '=' ]]; then
                    current=
                elif [[ $previous == '=' ]]; then
                    previous=${COMP_WORDS[COMP_CWORD - 2]}
                fi
                for word in "${COMP_WORDS[@]:1:COMP_CWORD - 1}"; do
                    case "$route $word" in
                        \(routes.joined(separator: " | ")))
                            route+=" $word" ;;
                        *)
                            break ;;
                    esac
                done
                case $route in
            \(cases.joined(separator: "\n"))
                esac
                COMPREPLY=($(compgen -W "$words" -- "$current"))
            }
            complete -F _\(root.name) \(root.name)
            """
    }

    private func words(of command: Command, route: String) -> String {
        let options = command.completedOptions
        let all = (command.subcommands.map(\.name) + options.map(\.word)).joined(separator: " ")
        var cases = options.filter { !$0.choices.isEmpty }.map { option in
            "            \(option.word)) words=\(option.choices.joined(separator: " ").quotedForShell) ;;"
        }
        let free = options.filter { $0.valueName != nil && $0.choices.isEmpty }.map(\.word)
        if !free.isEmpty { cases.append("            \(free.joined(separator: " | "))) ;;") }
        return """
                    \(route.quotedForShell))
                        case $previous in
            \((cases + ["            *) words=\(all.quotedForShell) ;;"]).joined(separator: "\n"))
                        esac ;;
            """
    }
}
