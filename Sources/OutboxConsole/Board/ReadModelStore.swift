import FoundationEssentials
import IdempotentConsumer
import LibPQ
import Outbox

/// The console's queries of the read model's database, where it is told of one.
struct ReadModelStore: Sendable {
    /// How many of the events applied last are looked at.
    private static let lookedAt: Int64 = 100

    private static let mostConsumers = 10

    let pool: PQPool

    /// Looks at all of it. Delays are added where none are known already.
    ///
    /// - Throws: `PQError`.
    func read(into section: inout ReadModelSection, outbox: ConsoleStore) async throws {
        var seconds: [Double] = []
        for consumer in try await consumers().prefix(Self.mostConsumers) {
            section.deadLetters += try await held(by: consumer).map {
                ReadModelSection.DeadLetter($0, consumer: consumer)
            }
            guard !section.isCache else { continue }
            let applied = try await appliedLast(by: consumer)
            let created = try await outbox.creationTimes(of: Array(applied.keys))
            // Two servers' clocks may differ a little.
            seconds += created.compactMap { id, date in applied[id].map { max(0, $0.timeIntervalSince(date)) } }
        }
        if let delay = ReadModelSection.Delay(seconds, at: Date()) { section.delays = [delay] }
        section.staleAnswers = try? await staleAnswers()
    }

    /// What operators did last with what consumers could not apply.
    ///
    /// - Throws: `PQError`.
    func audit() async throws -> [AuditSection.Row] {
        try await pool.withConnection { connection in
            try AuditSection.rows(of: try await connection.query(AuditSection.latest(of: "outbox_consumer_audit")))
        }
    }

    /// An event that waits.
    func event(_ id: UUID, of consumer: String) async throws -> HeldEvent? {
        try await DeadLetters(pool: pool, consumer: consumer).event(id)
    }

    /// The consumers that the database knows.
    private func consumers() async throws -> [String] { try await DeadLetters.consumers(pool: pool) }

    /// A consumer's aggregates on hold, those of dead letters among them.
    private func held(by consumer: String) async throws -> [HeldAggregate] {
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
    private func appliedLast(by consumer: String) async throws -> [UUID: Date] {
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
    private func staleAnswers() async throws -> Int64 {
        try await pool.withConnection { connection in
            let result = try await connection.query(
                "SELECT count(*) FROM outbox_cache_keys WHERE refreshed_version < version")
            return try result[0].decode(0)
        }
    }
}
