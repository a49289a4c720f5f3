import FoundationEssentials
import IdempotentConsumer
import LibPQ
import Outbox

/// The console's queries of the read model's database, where it is told of one.
struct ReadModelStore: Sendable {
    /// How many of the events applied last are looked at.
    private static let lookedAt: Int64 = 100

    let pool: PQPool

    /// The consumers that the database knows.
    func consumers() async throws -> [String] { try await DeadLetters.consumers(pool: pool) }

    /// A consumer's aggregates on hold, those of dead letters among them.
    func held(by consumer: String) async throws -> [HeldAggregate] {
        try await DeadLetters(pool: pool, consumer: consumer).list(nil, limit: 100)
    }

    /// Has an aggregate tried anew.
    ///
    /// - Returns: how many aggregates were on hold.
    func redrive(
        _ consumer: String, aggregateType: String, aggregateID: String, actor: String, reason: String?
    ) async throws -> Int {
        try await DeadLetters(pool: pool, consumer: consumer).retry(
            .aggregate(type: aggregateType, id: aggregateID), actor: actor, reason: reason)
    }

    /// When the events that a consumer applied last, within a minute, took effect.
    func appliedLast(by consumer: String) async throws -> [UUID: Date] {
        try await pool.withConnection { connection in
            let result = try await connection.query(
                """
                SELECT event_id, applied_at FROM outbox_inbox
                WHERE consumer = \(consumer) AND applied_at > now() - interval '1 minute'
                ORDER BY applied_at DESC LIMIT \(Self.lookedAt)
                """)
            var times: [UUID: Date] = [:]
            for row in result.rows {
                let (id, date) = try row.decode((UUID, Date).self)
                times[id] = date
            }
            return times
        }
    }

    /// How many cached answers wait to be refreshed.
    func staleAnswers() async throws -> Int64 {
        try await pool.withConnection { connection in
            let result = try await connection.query(
                "SELECT count(*) FROM outbox_cache_keys WHERE refreshed_version < version")
            return try result[0].decode(0)
        }
    }
}
