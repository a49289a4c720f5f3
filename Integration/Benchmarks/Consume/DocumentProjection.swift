import IdempotentConsumer
import LibPQ

/// A read model with the newest state of each aggregate and how many events made it; its cached answers are the states.
struct DocumentProjection: Projection {
    static let schema = """
        CREATE TABLE documents (key TEXT PRIMARY KEY, sequence BIGINT NOT NULL, events BIGINT NOT NULL, document JSONB NOT NULL)
        WITH (fillfactor = 50)
        """

    let name = "documents"
    let eventTypes: Set<String> = [FullTopics.eventType]

    /// What is written of an aggregate.
    private struct Change {
        var last: Int
        var events: Int64
    }

    func apply(_ events: [ReceivedEvent], in transaction: PQTransaction) async throws {
        // A statement can't write a row twice.
        var changes: [String: Change] = [:]
        for (index, event) in events.enumerated() {
            changes[Self.key(event), default: Change(last: index, events: 0)].events += 1
            changes[Self.key(event)]?.last = index
        }
        let sorted = changes.sorted { $0.key < $1.key }
        try await transaction.execute(
            """
            INSERT INTO documents AS known (key, sequence, events, document)
            SELECT * FROM unnest(
                \(sorted.map(\.key)), \(sorted.map { events[$0.value.last].sequence }), \(sorted.map(\.value.events)),
                \(sorted.map { PQJSON(bytes: events[$0.value.last].payload) }))
            ON CONFLICT (key) DO UPDATE
            SET sequence = excluded.sequence, events = known.events + excluded.events, document = excluded.document
            """)
    }

    func cacheKeys(touchedBy event: ReceivedEvent) -> [String] { [Self.key(event)] }

    func answers(for keys: [String], in session: any PQSession) async throws -> [String: [UInt8]] {
        let result = try await session.query("SELECT key, document FROM documents WHERE key = ANY(\(keys))")
        var answers: [String: [UInt8]] = [:]
        answers.reserveCapacity(result.rowCount)
        for row in result.rows {
            let (key, document) = try row.decode((String, PQJSON).self)
            answers[key] = document.bytes
        }
        return answers
    }

    private static func key(_ event: ReceivedEvent) -> String { "\(event.aggregateType)/\(event.aggregateID)" }
}
