import Foundation
import IdempotentConsumer
import LibPQ

/// A read model that shows whatever is applied twice, or in another order: it counts, appends, and keeps the last.
struct LedgerProjection: Projection {
    /// Thrown for a poisoned event until an operator has mended the projection.
    struct Poisoned: Error {}

    static let schema = """
        CREATE TABLE ledger (
            place BIGSERIAL PRIMARY KEY, event_id UUID NOT NULL, aggregate_type TEXT NOT NULL,
            aggregate_id TEXT NOT NULL, sequence BIGINT NOT NULL,
            applied_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp());
        CREATE TABLE ledger_totals (
            aggregate_type TEXT, aggregate_id TEXT, applied BIGINT NOT NULL, last_sequence BIGINT NOT NULL,
            PRIMARY KEY (aggregate_type, aggregate_id)) WITH (fillfactor = 50);
        CREATE TABLE ledger_mended (at TIMESTAMPTZ NOT NULL DEFAULT now());
        GRANT SELECT, INSERT, UPDATE ON ledger, ledger_totals TO outbox_consumer;
        GRANT USAGE ON SEQUENCE ledger_place_seq TO outbox_consumer;
        GRANT SELECT ON ledger_mended TO outbox_consumer;
        """

    let name = "ledger"
    let eventTypes: Set<String>

    private static let poison = Array(#""poison""#.utf8)

    func apply(_ events: [ReceivedEvent], in transaction: PQTransaction) async throws {
        let (ids, types, aggregates) = (events.map(\.eventID), events.map(\.aggregateType), events.map(\.aggregateID))
        let sequences = events.map(\.sequence)
        try await transaction.execute(
            """
            INSERT INTO ledger (event_id, aggregate_type, aggregate_id, sequence)
            SELECT event_id, type, id, sequence FROM unnest(\(ids), \(types), \(aggregates), \(sequences))
                WITH ORDINALITY AS e (event_id, type, id, sequence, position) ORDER BY position
            """)
        try await transaction.execute(
            """
            INSERT INTO ledger_totals AS t (aggregate_type, aggregate_id, applied, last_sequence)
            SELECT type, id, count(*), (array_agg(sequence ORDER BY position DESC))[1]
            FROM unnest(\(types), \(aggregates), \(sequences)) WITH ORDINALITY AS e (type, id, sequence, position)
            GROUP BY type, id ORDER BY type, id
            ON CONFLICT (aggregate_type, aggregate_id) DO UPDATE
            SET applied = t.applied + excluded.applied, last_sequence = excluded.last_sequence
            """)
        // After the writes, so that a rollback is needed.
        if events.contains(where: { Self.isPoisoned($0.payload) }) {
            let isMended = try await transaction.query("SELECT FROM ledger_mended LIMIT 1").rowCount > 0
            if !isMended { throw Poisoned() }
        }
    }

    func cacheKeys(touchedBy event: ReceivedEvent) -> [String] { ["\(event.aggregateType)/\(event.aggregateID)"] }

    func answers(for keys: [String], in session: any PQSession) async throws -> [String: [UInt8]] {
        let result = try await session.query(
            """
            SELECT aggregate_type || '/' || aggregate_id, applied, last_sequence FROM ledger_totals
            WHERE (aggregate_type, aggregate_id) IN (
                SELECT split_part(key, '/', 1), split_part(key, '/', 2) FROM unnest(\(keys)) AS key)
            """)
        var answers: [String: [UInt8]] = [:]
        for row in result.rows {
            let (key, applied, last) = try row.decode((String, Int64, Int64).self)
            answers[key] = Array(#"{"applied":\#(applied),"last":\#(last)}"#.utf8)
        }
        return answers
    }

    private static func isPoisoned(_ payload: [UInt8]) -> Bool { payload.firstRange(of: poison) != nil }
}
