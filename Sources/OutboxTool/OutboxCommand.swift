import OutboxCommandLine

/// The tool `outbox`.
enum OutboxCommand {
    static let version = "0.1.0"

    static let root: Command = Command(
        "outbox", summary: "Runs a transactional outbox: its schema, its dispatcher, and what operators need.",
        subcommands: [
            MigrateCommand.command, DispatchCommand.command, StatusCommand.command, TopicsCommand.command,
            ParkedCommand.command, HoldsCommand.command, ReplayCommand.command, AuditCommand.command,
            DeadLettersCommand.command, LanesCommand.command, VerifyCommand.command, DoctorCommand.command,
            TopCommand.command,
            CompletionsCommand.command, ManualCommand.manual, ManualCommand.environment,
        ])
}
