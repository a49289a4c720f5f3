import FoundationEssentials
import LibPQ
import Outbox
import OutboxDoctor

/// The console's queries: each bounded in rows and time, on connections of its own.
struct ConsoleStore: Sendable {
    let pool: PQPool

    /// A pool of a console's own, so that the dispatcher never waits for its connections.
    ///
    /// - Parameter patience: how long a statement may take.
    static func pool(
        url: String, pooling: PQPooling, connections: Int = 2, patience: Duration = .seconds(2)
    ) -> PQPool {
        PQPool(
            PQConfiguration(
                url: url, applicationName: "outbox console", connectTimeout: .seconds(2),
                statementTimeout: patience, pooling: pooling),
            maximumConnections: connections, acquireTimeout: .seconds(2))
    }

    func held(before sequence: Int64 = .max) async throws -> [Holds.Entry] {
        try await pool.withConnection {
            try await Holds.newest(limit: HeldSection.pageSize, before: sequence, in: $0)
        }
    }

    func waiting(behind sequences: [Int64]) async throws -> [Int64: Int64] {
        try await pool.withConnection { try await Holds.waiting(behind: sequences, in: $0) }
    }

    func lanes() async throws -> DispatchFacts {
        try await pool.withConnection { try await DispatchFacts.read($0) }
    }

    /// What operators did last. One statement's rows are one thing that somebody did.
    func audit() async throws -> [AuditSection.Row] {
        try await pool.withConnection { connection in
            try AuditSection.rows(of: try await connection.query(AuditSection.latest(of: "outbox_audit")))
        }
    }

    func event(_ sequence: Int64) async throws -> StoredEvent? {
        try await ParkedEvents(pool: pool).event(sequence: sequence)
    }

    /// When events were written; those that are gone are left out.
    func creationTimes(of events: [UUID]) async throws -> [UUID: Date] {
        guard !events.isEmpty else { return [:] }
        return try await pool.withConnection { connection in
            let result = try await connection.query(
                "SELECT event_id, created_at FROM outbox_events WHERE event_id = ANY (\(events))")
            var times: [UUID: Date] = [:]
            for row in result.rows {
                let (id, date) = try row.decode((UUID, Date).self)
                times[id] = date
            }
            return times
        }
    }

    /// Version of the schema; `nil` where another tool than ours applies it.
    func schemaVersion() async throws -> Int? {
        try await pool.withConnection { connection in
            let isOurs = try await connection.query("SELECT to_regclass('outbox_migrations') IS NOT NULL")
            guard try isOurs[0].decode(0, as: Bool.self) else { return nil }
            let result = try await connection.query("SELECT max(version)::int8 FROM outbox_migrations")
            return try result[0].decode(0, as: Int64?.self).map { Int($0) }
        }
    }
}
