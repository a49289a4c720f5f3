import LibPQ
import OutboxCommandLine

/// What consumers left in the read model's database.
struct ReadModelFacts: Sendable {
    var hasInbox = false
    /// Aggregates whose dead letters wait for an operator.
    var dead: Int64 = 0
    var firstDead: String?
    /// Aggregates that wait for another try.
    var held: Int64 = 0

    static func read(_ connection: PQConnection) async throws -> ReadModelFacts {
        let tables = try await connection.query(
            "SELECT to_regclass('outbox_inbox') IS NOT NULL AND to_regclass('outbox_consumer_holds') IS NOT NULL")
        guard try tables[0].decode(0, as: Bool.self) else { return ReadModelFacts() }
        let holds = try await connection.query(
            """
            SELECT count(*) FILTER (WHERE dead_at IS NOT NULL), count(*) FILTER (WHERE dead_at IS NULL),
                min(aggregate_type || ':' || aggregate_id || ': ' || last_error) FILTER (WHERE dead_at IS NOT NULL)
            FROM outbox_consumer_holds
            """)
        let (dead, held, first) = try holds[0].decode((Int64, Int64, String?).self)
        return ReadModelFacts(hasInbox: true, dead: dead, firstDead: first, held: held)
    }

    func findings() -> [Finding] {
        guard hasInbox else {
            return [
                Finding(
                    .tableMissing, .consumers, .error, "the read model's database has no tables of a consumer",
                    why: "A consumer does not start without them.",
                    advice: "apply IdempotentConsumer.migrations; for the reference services",
                    commands: ["workforce migrate"])
            ]
        }
        if dead > 0 {
            return [
                Finding(
                    .deadLetters, .consumers, .error,
                    "\(Readable.count(dead, "aggregate")) with a dead letter" + (firstDead.map { "; \($0)" } ?? ""),
                    why: "The aggregate's later events wait; all other aggregates go on.",
                    advice: "mend the cause, then retry; discard gives the event up",
                    commands: [
                        "outbox dead-letters list",
                        "outbox dead-letters retry --all --as \"$USER\" --reason 'cause mended'",
                    ])
            ]
        }
        if held > 0 {
            return [
                Finding(
                    .deadLetters, .consumers, .warning,
                    "\(Readable.count(held, "aggregate")) wait for an event that failed to be tried again",
                    why: "After five attempts it is a dead letter.", advice: "see the consumer's log",
                    commands: ["outbox dead-letters list"])
            ]
        }
        return [Finding(.readModel, .consumers, .ok, "no aggregate waits for a dead letter")]
    }
}
