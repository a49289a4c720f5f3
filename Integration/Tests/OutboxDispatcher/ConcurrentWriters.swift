import FoundationEssentials
import LibPQ
import Outbox

/// Transactions on several connections that commit out of sequence order, some rolled back, each locking its
/// aggregate as a service would. Payloads number the committed events of each aggregate from 1.
struct ConcurrentWriters: Sendable {
    let database: TestDatabase
    let aggregates: Int
    let events: Int
    let connections: Int
    var rollbackShare = 0.1
    var type = "position"
    /// Whether a transaction that an outage ended is followed by another one; whether it was committed is looked up.
    var toleratesOutages = false
    /// The JSON of an aggregate's n-th event.
    var payload: @Sendable (_ aggregate: String, _ n: Int32) -> String = { _, n in #"{"n": \#(n)}"# }

    private struct Rollback: Error {}

    /// - Returns: how many events of each aggregate were committed.
    func run() async throws -> [String: Int] {
        try await database.run(
            """
            CREATE TABLE IF NOT EXISTS aggregates (id TEXT PRIMARY KEY, n INTEGER NOT NULL DEFAULT 0);
            INSERT INTO aggregates SELECT 'P' || i FROM generate_series(1, \(aggregates)) i ON CONFLICT DO NOTHING
            """)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<connections {
                group.addTask {
                    var written = 0
                    while written < events / connections {
                        let size = Int.random(in: 1...8)
                        let chosen = Set((0..<size).map { _ in "P\(Int.random(in: 1...aggregates))" }).sorted()
                        do {
                            try await transaction(on: chosen)
                            written += chosen.count
                        } catch is Rollback {
                        } catch let error as PQError
                            where toleratesOutages && (error.isTransient || error.code == .connectionFailed)
                        {
                            written += chosen.count
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        return try await database.pool.withConnection { connection in
            let rows = try await connection.query("SELECT id, n FROM aggregates WHERE n > 0")
            return Dictionary(
                uniqueKeysWithValues: try rows.rows.map { row in
                    (try row.decode(0, as: String.self), Int(try row.decode(1, as: Int32.self)))
                })
        }
    }

    private func transaction(on chosen: [String]) async throws {
        let isRolledBack = Double.random(in: 0..<1) < rollbackShare
        try await database.pool.withTransaction { transaction in
            let rows = try await transaction.query(
                """
                WITH locked AS (SELECT id FROM aggregates WHERE id = ANY (\(chosen)) ORDER BY id FOR UPDATE)
                UPDATE aggregates a SET n = n + 1 FROM locked WHERE a.id = locked.id RETURNING a.id, a.n
                """)
            let events = try rows.rows.map { row in
                let aggregate = try row.decode(0, as: String.self)
                return try OutboxEvent(
                    eventType: "\(type).updated", aggregateType: type, aggregateID: aggregate,
                    payload: Array(payload(aggregate, try row.decode(1)).utf8))
            }
            try await OutboxRepository(locksAggregates: false).save(contentsOf: events, in: transaction)
            // Who has the earlier sequences need not be the first to commit.
            if Int.random(in: 0..<4) == 0 { try await Task.sleep(for: .milliseconds(Int.random(in: 1...5))) }
            if isRolledBack { throw Rollback() }
        }
    }
}
