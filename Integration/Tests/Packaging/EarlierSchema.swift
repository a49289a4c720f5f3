import LibPQ
import Servers

@testable import Outbox

/// A database as an earlier version of this project left it in the middle of its work.
struct EarlierSchema {
    /// The number of migrations that the version knew.
    let version: Int

    /// All there has been, but for the one of today.
    static let all = (1..<OutboxMigrations.migrator.migrations.count).map(EarlierSchema.init)

    /// Whether today's dispatcher finds all that it needs.
    var isEnough: Bool { version >= 9 }

    func make() async throws -> TestDatabase {
        let database = try await TestDatabase.make(
            url: try await PostgresServer.shared().createDatabase("earlier"), migrate: false)
        let migrator = PQMigrator(
            Array(OutboxMigrations.migrator.migrations.prefix(version)), table: "outbox_migrations")
        try await database.pool.withConnection { connection in
            try await migrator.apply(on: connection)
            if version >= 5 {
                for statement in OutboxMigrations.laneStatements(lanes: 64) {
                    try await connection.run(script: statement)
                }
            }
        }
        try await database.run(events)
        if version >= 2 { try await database.run(parked) }
        if version >= 5 { try await database.run(leases) }
        if version >= 9 { try await database.run(dispatcher) }
        return database
    }

    var hasParked: Bool { version >= 2 }

    /// Ten settled ones; twenty aggregates with five each that wait; one that is on hold for an hour, with two behind
    /// it; one that its writer has scheduled.
    private let events = """
        INSERT INTO outbox_events (
            event_id, aggregate_id, aggregate_type, event_type, payload, published, published_at)
        SELECT gen_random_uuid(), 'P' || n, 'position', 'position.created', '{"n": 0}', TRUE, now()
        FROM generate_series(1, 10) AS n;
        INSERT INTO outbox_events (event_id, aggregate_id, aggregate_type, event_type, payload)
        SELECT gen_random_uuid(), 'P' || p, 'position', 'position.updated', jsonb_build_object('n', n)
        FROM generate_series(1, 5) AS n, generate_series(1, 20) AS p ORDER BY n, p;
        INSERT INTO outbox_events (
            event_id, aggregate_id, aggregate_type, event_type, payload, retry_count, available_at)
        SELECT gen_random_uuid(), 'held', 'position', 'position.updated', jsonb_build_object('n', n),
            CASE n WHEN 1 THEN 2 ELSE 0 END, CASE n WHEN 1 THEN now() + interval '1 hour' ELSE now() END
        FROM generate_series(1, 3) AS n;
        INSERT INTO outbox_events (event_id, aggregate_id, aggregate_type, event_type, payload, available_at)
        VALUES (gen_random_uuid(), 'later', 'position', 'position.updated', '{"n": 1}', now() + interval '1 hour');
        """

    /// One whose retries are used up, and one behind it.
    private let parked = """
        INSERT INTO outbox_events (
            event_id, aggregate_id, aggregate_type, event_type, payload, retry_count, parked_at, last_error)
        SELECT gen_random_uuid(), 'parked', 'position', 'position.updated', jsonb_build_object('n', n),
            CASE n WHEN 1 THEN 10 ELSE 0 END, CASE n WHEN 1 THEN now() END, CASE n WHEN 1 THEN 'too large' END
        FROM generate_series(1, 2) AS n;
        """

    /// Those of a dispatcher that was killed just now, and what an operator did.
    private let leases = """
        UPDATE outbox_lanes SET owner = 'old-1', epoch = 7, lease_until = now() + interval '2 seconds';
        INSERT INTO outbox_audit (actor, action, reason) VALUES ('ada', 'retry', 'topic made');
        """

    private let dispatcher = """
        INSERT INTO outbox_dispatchers (instance, incarnation, seen_until, lanes)
        VALUES ('old-1', gen_random_uuid(), now() + interval '2 seconds', 64);
        """
}
