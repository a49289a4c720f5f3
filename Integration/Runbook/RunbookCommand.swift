import OutboxCommandLine

/// `Runbook`
enum RunbookCommand {
    static let command = Command(
        "Runbook", summary: "Proves the chain from a REST command to a query's answer, and leaves evidence.",
        discussion: """
            Starts servers and services of its own, or takes those that COMMAND_URL, QUERY_URL, DATABASE_URL and
            METRICS_URL name; it works in a tenant of its own there. Tokens are made with WORKFORCE_JWT_SECRET where it is
            set, and asked from POST /auth/dev-token else.
            """,
        options: [
            RunbookSettings.evidence.definition, RunbookSettings.scenarios.definition, RunbookSettings.wait.definition,
        ],
        settings: RunbookSettings.settings
    ) { invocation in
        let run = try Run(invocation)
        return await run.play() ? .success : .failure
    }
}
