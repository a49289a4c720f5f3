import FoundationEssentials
import IdempotentConsumer
import LibPQ
import OutboxTelemetry
import Synchronization

/// A projection that writes down what it applied, in order, and fails on what a test tells it to.
final class LedgerProjection: Projection {
    enum Failure: Error {
        case poisoned
    }

    struct NoAnswer: TransientError {}

    private struct State {
        var poisoned: Set<Int64> = []
        var isUnavailable = false
        var isHanging = false
        var calls: [[Int64]] = []
        var traces: [String?] = []
    }

    static let schema = """
        CREATE TABLE ledger (
            place BIGSERIAL PRIMARY KEY, event_id UUID NOT NULL, aggregate_id TEXT NOT NULL, sequence BIGINT NOT NULL);
        CREATE INDEX ledger_aggregate ON ledger (aggregate_id);
        GRANT SELECT, INSERT ON ledger TO PUBLIC;
        GRANT USAGE ON SEQUENCE ledger_place_seq TO PUBLIC;
        """

    let name = "ledger"
    let eventTypes: Set<String> = ["position.created", "position.updated"]
    private let state = Mutex(State())

    /// Makes events of these sequences fail until they are mended.
    func poison(_ sequences: Int64...) { state.withLock { $0.poisoned.formUnion(sequences) } }
    func mend() { state.withLock { $0.poisoned = [] } }
    func setUnavailable(_ isUnavailable: Bool) { state.withLock { $0.isUnavailable = isUnavailable } }
    /// Makes every call take longer than a test waits.
    func setHanging(_ isHanging: Bool) { state.withLock { $0.isHanging = isHanging } }
    /// The sequences of every call so far.
    var calls: [[Int64]] { state.withLock { $0.calls } }
    /// The trace of every call so far.
    var traces: [String?] { state.withLock { $0.traces } }

    func apply(_ events: [ReceivedEvent], in transaction: PQTransaction) async throws {
        let (isPoisoned, isUnavailable, isHanging) = state.withLock { state in
            state.calls.append(events.map(\.sequence))
            state.traces.append(TraceContext.current?.traceID.description)
            let isPoisoned = events.contains { state.poisoned.contains($0.sequence) }
            return (isPoisoned, state.isUnavailable, state.isHanging)
        }
        try await transaction.execute(
            """
            INSERT INTO ledger (event_id, aggregate_id, sequence)
            SELECT * FROM unnest(\(events.map(\.eventID)), \(events.map(\.aggregateID)), \(events.map(\.sequence)))
            """)
        if isHanging { try await transaction.execute("SELECT pg_sleep(300)") }
        if isUnavailable { throw NoAnswer() }
        // After the write, so that a rollback is needed.
        if isPoisoned { throw Failure.poisoned }
    }

    func cacheKeys(touchedBy event: ReceivedEvent) -> [String] { ["ledger/\(event.aggregateID)"] }

    func answers(for keys: [String], in session: any PQSession) async throws -> [String: [UInt8]] {
        let result = try await session.query(
            """
            SELECT 'ledger/' || aggregate_id, count(*), max(sequence) FROM ledger
            WHERE 'ledger/' || aggregate_id = ANY(\(keys)) GROUP BY aggregate_id
            """)
        var answers: [String: [UInt8]] = [:]
        for row in result.rows {
            let count = try row.decode(1, as: Int64.self)
            let last = try row.decode(2, as: Int64.self)
            answers[try row.decode(0, as: String.self)] = Array(#"{"count":\#(count),"last":\#(last)}"#.utf8)
        }
        return answers
    }
}
