public import FoundationEssentials
public import LibPQ
import Outbox

/// The business side of the reference domain: runs commands against the command database.
///
/// ```swift
/// let service = CommandService(pool: pool)
/// let receipt = try await service.execute(
///     FillPosition(positionCode: "P1000033", employeeID: "E42", employeeName: "Ada", effectiveDate: today),
///     context: CommandContext(tenantID: "acme"))
/// ```
public struct CommandService: Sendable {
    private let pool: PQPool
    private let now: @Sendable () -> Date
    private let source: String
    private let onCommit: @Sendable () -> Void
    // On, although every command locks its aggregate's row: two tenants' aggregates may share an id, and then their
    // events share an order too, which no row lock gives.
    private let outbox = OutboxRepository(locksAggregates: true)

    /// - Parameters:
    ///   - pool: of the command database, with ``CommandMigrations`` and the outbox's migrations applied.
    ///   - source: the service's name in events.
    ///   - now: gives events their time and commands their day; the wall clock unless given.
    ///   - onCommit: called after each commit that wrote events: the place to nudge a dispatcher in this process.
    public init(
        pool: PQPool, source: String = "command-service", now: @escaping @Sendable () -> Date = { Date() },
        onCommit: @escaping @Sendable () -> Void = {}
    ) {
        self.pool = pool
        self.source = source
        self.now = now
        self.onCommit = onCommit
    }

    /// Runs a command in a transaction of its own.
    ///
    /// - Returns: what it did, with the sequences of the events that it wrote.
    /// - Throws: ``CommandError`` when it was refused, `PQError` when the database failed. In both cases nothing of it
    ///   was done, except for the event that tells of a refused job level version: that one is written after the
    ///   rollback, in a transaction of its own, and stands in the error. When a connection breaks during the commit,
    ///   whether the command was done is not known.
    public func execute<SomeCommand: Command>(
        _ command: SomeCommand, context: CommandContext
    ) async throws -> CommandReceipt<SomeCommand.Outcome> {
        var check = InputCheck()
        context.check(&check)
        try check.finish()
        try command.validate()
        let operation = SomeCommand.operation
        let builder = eventBuilder(operation: operation, context: context)
        let today = try self.today()
        do {
            let receipt = try await pool.withTransaction { transaction in
                let unit = CommandUnit(transaction: transaction, context: context, today: today)
                let outcome = try await command.run(in: unit)
                let events = try await unit.finish(command, operation: operation, builder: builder, outbox: outbox)
                return CommandReceipt(outcome: outcome, events: events)
            }
            if !receipt.events.isEmpty { onCommit() }
            return receipt
        } catch var error as CommandError {
            if let consequence = error.consequence {
                error.events = try await pool.withTransaction { transaction in
                    try await CommandUnit.save([consequence], builder: builder, outbox: outbox, in: transaction)
                }
                onCommit()
            }
            throw error
        }
    }

    /// Whether the database answers and has the tables.
    public var isReady: Bool {
        get async {
            let answer = try? await pool.withConnection {
                try await $0.query("SELECT FROM outbox_events, position_versions LIMIT 0")
            }
            return answer != nil
        }
    }

    private func eventBuilder(operation: String, context: CommandContext) -> OutboxEventBuilder {
        OutboxEventBuilder(
            context: EventContext(
                tenantID: context.tenantID, requestID: context.requestID, correlationID: context.correlationID,
                operation: operation, source: source),
            now: now)
    }

    private func today() throws -> CalendarDate {
        let days = (now().timeIntervalSince1970 / 86_400).rounded(.down)
        guard abs(days) < 4_000_000, let today = CalendarDate(daysSince1970: Int(days)) else {
            throw PQError(.encoding, "the clock shows a year outside 1 to 9999")
        }
        return today
    }
}
