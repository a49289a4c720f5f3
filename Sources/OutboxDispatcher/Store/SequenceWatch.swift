import LibPQ
import Synchronization

/// Waits for events to be written, by the outbox's sequence: it moves before the transaction that draws from it commits.
///
/// The server looks for itself, every few milliseconds within one statement. A look then costs half of what a
/// statement does, and none of it here. It looks at what the sequence is at that moment: a sequence knows no snapshots.
final class SequenceWatch: Sendable {
    private let pool: PQPool
    private let interval: Duration
    private let refusal = Mutex<ContinuousClock.Instant?>(nil)

    /// A statement ends after as many looks: it holds a snapshot, which vacuum heeds, and is to stand in no log of slow
    /// statements.
    private static let looks: Int32 = 4
    /// How long the looking is done from here after the server refused to wait.
    private static let refusalPause: Duration = .seconds(60)
    /// How long the server may leave a statement unanswered. It is waited for nearly always, when TCP has nothing to send
    /// that would show that the server is gone.
    private static let patience: Duration = .seconds(30)

    /// - Parameter interval: the time between two looks.
    init(pool: PQPool, interval: Duration) {
        self.pool = pool
        self.interval = interval
    }

    /// The last sequence drawn, as soon as it is another than `known`; nil to have it at once.
    func next(after known: Int64?) async throws -> Int64 {
        try await pool.withConnection { connection in
            // A pooler's session is lent for a whole statement: it is not to be taken from others for a wait.
            if let known, await !connection.isPooled, mayServerWait {
                do {
                    return try await connection.number(
                        from: waiting(for: known), otherThan: known, lookingEvery: .zero, patience: Self.patience)
                } catch let error as PQError where error.code == .server || error.code == .timeout {
                    // Roles may be forbidden to call pg_sleep, or statements to take as long.
                    refusal.withLock { $0 = .now }
                }
            }
            return try await connection.number(
                from: "SELECT last_value FROM outbox_events_id_seq", otherThan: known, lookingEvery: interval)
        }
    }

    private var mayServerWait: Bool { refusal.withLock { $0.map { .now - $0 > Self.refusalPause } ?? true } }

    /// Answers with the last sequence drawn, as soon as it is another than `known` or all looks are done.
    private func waiting(for known: Int64) -> PQStatement {
        let pause: Double = interval / .seconds(1)
        return """
            WITH RECURSIVE look (number, remaining) AS (
                SELECT last_value, \(Self.looks) FROM outbox_events_id_seq
                UNION ALL
                SELECT (SELECT last_value FROM outbox_events_id_seq WHERE remaining > 0), remaining - 1
                FROM look
                WHERE CASE WHEN number = \(known) AND remaining > 0 THEN pg_sleep(\(pause)) IS NOT NULL END)
            SELECT number FROM look WHERE number <> \(known) OR remaining = 0
            """
    }
}
