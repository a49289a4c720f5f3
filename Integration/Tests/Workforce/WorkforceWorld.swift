import FoundationEssentials
import IdempotentConsumer
import LibPQ
import Outbox
import Servers
import Testing
import Workforce

/// A database with the outbox, the command schema and the read model, and a clock that stands still.
struct WorkforceWorld {
    let pool: PQPool
    let service: CommandService
    let catalog: SampleCatalog
    let today: CalendarDate

    /// 2026-03-01T12:00:00Z
    static let now = Date(timeIntervalSince1970: 1_772_366_400)

    /// - Parameter pool: of a database with the outbox and the command schema.
    init(pool: PQPool) throws {
        let today = try #require(CalendarDate("2026-03-01"))
        self.pool = pool
        service = CommandService(pool: pool, now: { Self.now })
        catalog = SampleCatalog(effectiveDate: today)
        self.today = today
    }

    /// - Parameter body: gets an empty world, gone afterwards.
    static func run(_ body: (WorkforceWorld) async throws -> Void) async throws {
        let url = try await PostgresServer.shared().createDatabase("workforce")
        let pool = PQPool(PQConfiguration(url: url, statementTimeout: .seconds(60)), maximumConnections: 8)
        do {
            try await pool.withConnection { connection in
                try await OutboxMigrations.apply(on: connection)
                try await CommandMigrations.apply(on: connection)
                try await ReadModelMigrations.apply(on: connection)
            }
            try await body(try WorkforceWorld(pool: pool))
        } catch {
            await pool.close()
            throw error
        }
        await pool.close()
    }

    func context(_ tenant: String = "acme", request: String? = nil) -> CommandContext {
        CommandContext(tenantID: tenant, requestID: request, actor: "tester")
    }

    @discardableResult
    func execute<SomeCommand: Command>(
        _ command: SomeCommand, tenant: String = "acme"
    ) async throws -> CommandReceipt<SomeCommand.Outcome> {
        try await service.execute(command, context: context(tenant))
    }

    /// Runs a command that must be refused.
    func refusal(of command: some Command, tenant: String = "acme") async throws -> CommandError? {
        do {
            try await execute(command, tenant: tenant)
            Issue.record("\(type(of: command).operation) was not refused")
            return nil
        } catch let error as CommandError {
            return error
        }
    }

    func fill(_ position: String, fte: Double = 1, from date: CalendarDate? = nil) -> FillPosition {
        FillPosition(
            positionCode: position, employeeID: "E1", employeeName: "Ada Lovelace", fte: fte,
            effectiveDate: date ?? today)
    }

    /// How many rows there are that a command could have written.
    func footprint() async throws -> String {
        try await text(
            """
            SELECT concat_ws(' ', (SELECT count(*) FROM organizations), (SELECT count(*) FROM job_catalog),
                (SELECT count(*) FROM job_level_versions), (SELECT count(*) FROM positions),
                (SELECT count(*) FROM assignments), (SELECT count(*) FROM command_audit),
                (SELECT count(*) FROM outbox_events),
                (SELECT md5(string_agg(p::text, '' ORDER BY tenant_id, code)) FROM positions AS p),
                (SELECT md5(string_agg(a::text, '' ORDER BY assignment_id)) FROM assignments AS a))
            """)
    }

    /// The only value of a query.
    func text(_ statement: PQStatement) async throws -> String {
        try await pool.withConnection { try await $0.query(statement)[0].decode(0, as: String.self) }
    }

    /// What stands in the outbox, as the consumer would receive it, in the order of the sequences.
    func received() async throws -> [ReceivedEvent] {
        try await pool.withConnection { connection in
            let rows = try await connection.query(
                """
                SELECT event_id, event_type, aggregate_type, aggregate_id, id, payload FROM outbox_events ORDER BY id
                """)
            return try rows.rows.map { row in
                let payload = try row.decode("payload", as: PQJSON.self).bytes
                let json = try JSONValue(parsing: payload)
                return ReceivedEvent(
                    eventID: try row.decode("event_id"), eventType: try row.decode("event_type"),
                    aggregateType: try row.decode("aggregate_type"), aggregateID: try row.decode("aggregate_id"),
                    sequence: try row.decode("id"), occurredAt: json["occurredAt"]?.stringValue.flatMap(RFC3339.parse),
                    tenantID: json["tenantId"]?.stringValue, payload: payload)
            }
        }
    }

    func apply(_ events: [ReceivedEvent]) async throws {
        guard !events.isEmpty else { return }
        try await pool.withTransaction { try await WorkforceProjection().apply(events, in: $0) }
    }
}
