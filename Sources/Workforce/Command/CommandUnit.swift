import FoundationEssentials
public import LibPQ
import Outbox

/// One command's transaction, and what it wants to be recorded with it.
public final class CommandUnit {
    public let transaction: PQTransaction
    public let context: CommandContext
    /// The day on which the command is run, in UTC.
    public let today: CalendarDate
    private var events: [WorkforceEvent] = []
    private var subject: (type: AggregateType?, name: String, id: String)?

    init(transaction: PQTransaction, context: CommandContext, today: CalendarDate) {
        self.transaction = transaction
        self.context = context
        self.today = today
    }

    var tenantID: String { context.tenantID }

    /// Adds events to those that are saved at the transaction's end, in this order.
    public func record(_ events: WorkforceEvent...) { self.events += events }

    /// Names the aggregate for the audit.
    func concerns(_ type: AggregateType, _ id: String) { subject = (type, type.rawValue, id) }

    /// Names an entry of the job catalog that has no events, for the audit.
    func concerns(catalog kind: JobCatalogKind, _ id: String) { subject = (nil, kind.rawValue, id) }

    /// Writes the audit row and the events.
    func finish(
        _ command: some Command, operation: String, builder: OutboxEventBuilder, outbox: OutboxRepository
    ) async throws -> [EventReceipt] {
        try await writeAudit(command, operation: operation)
        return try await Self.save(events, builder: builder, outbox: outbox, in: transaction)
    }

    /// Saves events in one statement.
    static func save(
        _ events: [WorkforceEvent], builder: OutboxEventBuilder, outbox: OutboxRepository,
        in transaction: PQTransaction
    ) async throws -> [EventReceipt] {
        let rows = try events.map { try $0.outboxEvent(builder) }
        let sequences = try await outbox.save(contentsOf: rows, in: transaction)
        return zip(events, zip(rows, sequences)).map { event, saved in
            EventReceipt(
                eventID: saved.0.id, type: event.type, aggregateID: event.aggregateID, sequence: saved.1)
        }
    }

    private func writeAudit(_ command: some Command, operation: String) async throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        let text = PQJSON(bytes: Array(try encoder.encode(command)))
        try await transaction.execute(
            """
            INSERT INTO command_audit
                (tenant_id, operation, actor, request_id, correlation_id, aggregate_type, aggregate_id, command,
                reason)
            VALUES (\(tenantID), \(operation), \(context.actor), \(context.requestID), \(context.correlationID),
                \(subject?.name ?? ""), \(subject?.id ?? ""), \(text), \(context.reason))
            """)
    }
}
