import OutboxCommandLine

/// The tool `workforce`: the reference domain's processes.
enum WorkforceCommand {
    static let version = "0.1.0"

    static let root = OutboxCommandLine.Command(
        "workforce", summary: "The reference domain, human resources: shows a producer and a consumer of the outbox.",
        subcommands: [
            MigrateCommand.command, ServeCommandsCommand.command, SeedCommand.command, ConsumeCommand.command,
            QueryCommand.command, RebuildCommand.command, TokenCommand.command,
        ])
}
