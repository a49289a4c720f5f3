import FoundationEssentials
import IdempotentConsumer
import LibPQ
import Synchronization

/// A ledger with a schema of its own, so that it can be rebuilt. It refuses events of one sequence until it is mended.
final class SchemaLedger: RebuildableProjection {
    struct Refusal: Error {}

    /// What the ledger and its copies in other schemas share.
    final class Poison: Sendable {
        private let sequence: Mutex<Int64?>
        init(_ sequence: Int64? = nil) { self.sequence = Mutex(sequence) }
        func mend() { sequence.withLock { $0 = nil } }
        func hits(_ events: [ReceivedEvent]) -> Bool { sequence.withLock { s in events.contains { $0.sequence == s } } }
    }

    let name = "ledger"
    let eventTypes: Set<String> = ["position.created", "position.updated"]
    let schema: String
    let poison: Poison

    init(schema: String = "ledger", poison: Poison = Poison()) {
        self.schema = schema
        self.poison = poison
    }

    func inSchema(_ schema: String) -> SchemaLedger { SchemaLedger(schema: schema, poison: poison) }

    func makeTables(in transaction: PQTransaction) async throws {
        // No constraint keeps an event from taking effect twice: a test sees it.
        try await transaction.run(
            script: """
                CREATE SCHEMA \(schema);
                CREATE TABLE \(schema).entries (
                    place BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, event_id UUID NOT NULL,
                    aggregate_id TEXT NOT NULL, sequence BIGINT NOT NULL);
                CREATE INDEX entries_aggregate ON \(schema).entries (aggregate_id);
                GRANT USAGE ON SCHEMA \(schema) TO PUBLIC; GRANT SELECT, INSERT ON \(schema).entries TO PUBLIC;
                """)
    }

    func apply(_ events: [ReceivedEvent], in transaction: PQTransaction) async throws {
        if poison.hits(events) { throw Refusal() }
        try await transaction.execute(
            """
            INSERT INTO \(identifier: schema).entries (event_id, aggregate_id, sequence)
            SELECT * FROM unnest(\(events.map(\.eventID)), \(events.map(\.aggregateID)), \(events.map(\.sequence)))
            """)
    }

    func cacheKeys(touchedBy event: ReceivedEvent) -> [String] { ["ledger/\(event.aggregateID)"] }

    func answers(for keys: [String], in session: any PQSession) async throws -> [String: [UInt8]] {
        let result = try await session.query(
            """
            SELECT 'ledger/' || aggregate_id, count(*)::text FROM \(identifier: schema).entries
            WHERE 'ledger/' || aggregate_id = ANY(\(keys)) GROUP BY aggregate_id
            """)
        return try result.rows.reduce(into: [:]) { answers, row in
            answers[try row.decode(0, as: String.self)] = Array(try row.decode(1, as: String.self).utf8)
        }
    }
}
