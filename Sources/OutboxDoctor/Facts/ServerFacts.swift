import FoundationEssentials
import LibPQ

/// What a PostgreSQL server says of itself and of whom it takes us for.
struct ServerFacts: Sendable {
    /// As a number: 150008 for 15.8.
    var version: Int
    var versionText: String
    var database: String
    var role: String
    /// It follows another server and takes no writes.
    var isStandby = false
    /// Its sessions begin their transactions as read-only ones.
    var isReadOnly = false
    var isPooled = false
    /// How far its clock is ahead of ours; behind when negative.
    var clockAheadSeconds: Double = 0
    /// Half of the time that the question took: the clocks may differ by as much less.
    var clockErrorSeconds: Double = 0

    static func read(_ connection: PQConnection) async throws -> ServerFacts {
        let asked = Date.now
        let result = try await connection.query(
            """
            SELECT clock_timestamp(), current_setting('server_version_num')::int8, current_setting('server_version'),
                current_database()::text, current_user::text, pg_is_in_recovery(),
                current_setting('default_transaction_read_only')::bool
            """)
        let answered = Date.now
        let row = result[0]
        let middle = asked.addingTimeInterval(answered.timeIntervalSince(asked) / 2)
        return ServerFacts(
            version: Int(try row.decode(1, as: Int64.self)),
            versionText: String(try row.decode(2, as: String.self).prefix { $0 != " " }),
            database: try row.decode(3), role: try row.decode(4), isStandby: try row.decode(5),
            isReadOnly: try row.decode(6), isPooled: await connection.isPooled,
            clockAheadSeconds: try row.decode(0, as: Date.self).timeIntervalSince(middle),
            clockErrorSeconds: answered.timeIntervalSince(asked) / 2)
    }
}
