import OutboxCommandLine

/// `outbox completions`
enum CompletionsCommand {
    static let command = Command(
        "completions", summary: "Prints the completion script of a shell, for those who install without a package.",
        subcommands: Shell.allCases.map { shell in
            Command(shell.rawValue, summary: "Prints the completion script of \(shell.rawValue).") { _ in
                Console.standardOutput.writeLine(shell.completionScript(for: OutboxCommand.root))
                return .success
            }
        })
}
