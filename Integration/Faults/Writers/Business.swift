import Foundation
import LibPQ

/// The business's own table: what is in it is true, and has its event.
enum Business {
    static let schema = """
        CREATE TABLE business (
            place BIGSERIAL PRIMARY KEY, event_id UUID NOT NULL UNIQUE, transaction_id UUID NOT NULL,
            aggregate_type TEXT NOT NULL, aggregate_id TEXT NOT NULL);
        CREATE INDEX business_transaction ON business (transaction_id);
        GRANT SELECT, INSERT ON business TO outbox_writer;
        GRANT USAGE ON SEQUENCE business_place_seq TO outbox_writer;
        """

    /// Writes the rows of events, while their aggregates are locked.
    ///
    /// - Returns: the rows' places, which grow in the order in which an aggregate's transactions commit.
    static func insert(
        _ events: [(id: UUID, aggregate: AggregateKey)], transactionID: UUID, in transaction: PQTransaction
    ) async throws -> [Int64] {
        let result = try await transaction.query(
            """
            INSERT INTO business (event_id, transaction_id, aggregate_type, aggregate_id)
            SELECT event_id, \(transactionID), type, id
            FROM unnest(\(events.map(\.id)), \(events.map(\.aggregate.type)), \(events.map(\.aggregate.id)))
                WITH ORDINALITY AS e (event_id, type, id, position) ORDER BY position
            RETURNING place
            """)
        return try (0..<result.rowCount).map { try result.int64(row: $0, column: 0) }
    }

    /// Whether a transaction has committed.
    static func holds(_ transactionID: UUID, in session: any PQSession) async throws -> Bool {
        try await session.query("SELECT FROM business WHERE transaction_id = \(transactionID) LIMIT 1").rowCount > 0
    }
}
