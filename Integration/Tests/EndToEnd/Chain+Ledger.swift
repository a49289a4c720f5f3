import IdempotentConsumer
import LibPQ
import OutboxTelemetry
import Servers
import Testing

extension Chain {
    private var ledgerGroup: String { "\(group)-ledger" }

    /// Runs a consumer of the positions' topic in this process, beside the others, with a projection that writes down
    /// every event it gets.
    func withLedger<Result>(_ body: (LedgerProjection) async throws -> Result) async throws -> Result {
        try await query.withConnection { try await $0.run(script: LedgerProjection.schema) }
        let projection = LedgerProjection()
        let consumer = try IdempotentConsumer(
            configuration: ConsumerConfiguration(
                name: ledgerGroup, bootstrapServers: broker.bootstrapServers, topics: [topic()]),
            pool: query, projections: [projection], metrics: MetricsRegistry(),
            logger: Logger(label: "test.ledger", handler: SilentHandler()))
        let running = Task { try await consumer.run() }
        do {
            let result = try await body(projection)
            consumer.drain()
            try await running.value
            return result
        } catch {
            consumer.drain()
            try? await running.value
            throw error
        }
    }
    /// Waits until the ledger's consumer is at the topic's end, and expects each event in it once, in order. Unlike the
    /// reference read model, which guards itself by sequence, a ledger shows whatever is applied a second time.
    func expectLedger(of events: Int) async throws {
        let records = try await records().count
        try await eventually(within: .seconds(120), "the ledger's consumer has read \(records) records") {
            try await queried(
                """
                SELECT coalesce(sum(next_offset), 0)::int8 FROM outbox_consumer_offsets
                WHERE consumer = \(ledgerGroup)
                """) == records
        }
        #expect(try await queried("SELECT count(*) FROM ledger") == events)
        #expect(try await queried("SELECT count(DISTINCT event_id) FROM ledger") == events)
        let disorder = try await queried(
            """
            SELECT count(*) FROM (
                SELECT sequence <= lag(sequence) OVER (PARTITION BY aggregate_id ORDER BY place) AS is_late FROM ledger
            ) AS applied WHERE is_late
            """)
        #expect(disorder == 0)
    }
}
