import FoundationEssentials
import LibPQ

/// The consumer's rows in the database. All statements that change a partition's rows run in a transaction that has
/// locked its row of `outbox_consumer_offsets` first.
struct ConsumerStore: Sendable {
    let pool: PQPool
    let consumer: String

    /// Looks whether the tables are there.
    /// - Throws: ``ConsumerError/Code/schemaMissing``, or `PQError`.
    func checkSchema() async throws {
        let missing = try await pool.withConnection { connection in
            let result = try await connection.query(
                """
                SELECT name FROM unnest(\([
                    "outbox_inbox", "outbox_consumer_offsets", "outbox_consumer_holds", "outbox_consumer_held_events",
                    "outbox_cache_keys",
                ])) AS name WHERE to_regclass(name) IS NULL
                """)
            return try result.rows.map { try $0.decode(0, as: String.self) }
        }
        guard missing.isEmpty else {
            throw ConsumerError(
                .schemaMissing,
                "the consumer's database has no table \(missing.joined(separator: ", ")); apply the migrations first")
        }
    }
}
