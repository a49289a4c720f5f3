import LibPQ
import Outbox
import Servers

/// A database of its own on the shared server, with the outbox's schema.
struct TestDatabase: Sendable {
    let url: String
    /// The owner's: for migrations, and for what tests do to the tables.
    let pool: PQPool
    /// A writer's; nil for a database without roles.
    var writers: PQPool?

    /// - Parameters:
    ///   - prepare: SQL that is run before the migrations.
    ///   - migrate: whether it gets the schema.
    ///   - roles: whether it gets the group roles too.
    static func make(
        _ name: String, lanes: Int = 64, prepare: String? = nil, migrate: Bool = true, roles: Bool = true
    ) async throws -> TestDatabase {
        let url = try await PostgresServer.shared().createDatabase(name)
        return try await make(url: url, lanes: lanes, prepare: prepare, migrate: migrate, roles: roles)
    }

    static func make(
        url: String, lanes: Int = 64, prepare: String? = nil, migrate: Bool = true, roles: Bool = true
    ) async throws -> TestDatabase {
        var database = TestDatabase(url: url, pool: PQPool(PQConfiguration(url: url), maximumConnections: 20))
        try await database.pool.withConnection { connection in
            if let prepare { try await connection.run(script: prepare) }
            if migrate { try await OutboxMigrations.apply(on: connection, lanes: lanes) }
            if migrate, roles {
                try await OutboxMigrations.makeRoles(PQGroupRoles(), on: connection)
                try await connection.run(script: DatabaseLogin.script)
            }
        }
        if migrate, roles {
            database.writers = PQPool(
                PQConfiguration(url: DatabaseLogin.writer.url(url)), maximumConnections: 10)
        }
        return database
    }

    /// The database as another role sees it.
    func url(as role: String) -> String {
        // A parameter wins over what stands before the host.
        url + (url.contains("?") ? "&" : "?") + "user=\(role)"
    }

    /// The database as one of the login roles sees it.
    func url(as login: DatabaseLogin) -> String { login.url(url) }

    func count(_ condition: String = "TRUE") async throws -> Int {
        try await pool.withConnection { connection in
            let result = try await connection.query("SELECT count(*) FROM outbox_events WHERE \(unsafe: condition)")
            return Int(try result.int64(row: 0, column: 0))
        }
    }

    func run(_ script: String) async throws {
        try await pool.withConnection { try await $0.run(script: script) }
    }

    func save(_ events: [OutboxEvent]) async throws {
        try await (writers ?? pool).withTransaction {
            _ = try await OutboxRepository().save(contentsOf: events, in: $0)
        }
    }

    static func event(
        _ type: String = "position.updated", _ aggregateID: String = "P1", payload: String = "{}",
        headers: [String: String] = [:]
    ) throws -> OutboxEvent {
        try OutboxEvent(
            eventType: type, aggregateType: String(type.prefix { $0 != "." }), aggregateID: aggregateID,
            payload: Array(payload.utf8), headers: headers)
    }
}
