import LibPQ
import OutboxCommandLine
import OutboxTelemetry
import Workforce

/// `workforce seed`
enum SeedCommand {
    private static let tenant = Option("tenant", .text("id"), help: "whose data it becomes", defaultValue: "demo")
    private static let positions = Option(
        "positions", .integer(1...1_000_000), help: "how many positions", defaultValue: 50)
    private static let filled = Option(
        "filled", .integer(0...100), help: "how many percent of them have somebody in them", defaultValue: 80)
    private static let quiet = Flag("quiet", help: "show no progress")

    static let command = OutboxCommandLine.Command(
        "seed", summary: "Fills a tenant with sample organizations, a job catalog, positions and assignments.",
        discussion: """
            All is done by commands, so events are written too. Safe to repeat: what is there stays, and more positions
            than before are added to those that are there.
            """,
        options: [tenant.definition, positions.definition, filled.definition, quiet.definition],
        settings: StandardSettings.database
    ) { invocation in
        let pool = PQPool(
            PQConfiguration(
                url: try invocation.value(StandardSettings.databaseURL), applicationName: "workforce seed",
                pooling: try invocation.value(StandardSettings.databasePooling)),
            maximumConnections: 4, acquireTimeout: .seconds(15))
        let count = invocation[positions] ?? 50
        let seed = SampleData(
            service: CommandService(pool: pool), tenantID: invocation[tenant] ?? "demo", positions: count,
            filledPercent: invocation[filled] ?? 80)
        let progress = Progress("positions", total: count, isQuiet: invocation[quiet])
        do {
            let commands = try await seed.create { progress.advance() }
            progress.finish()
            Console.standardOutput.writeLine(
                commands == 0 ? "nothing to do: all of it is there" : "\(commands) commands done")
        } catch let error as CommandError where error.kind == .invalid {
            await pool.close()
            throw UsageError(error.message)
        } catch {
            await pool.close()
            throw error
        }
        await pool.close()
        return .success
    }
}
