public import LibPQ

/// The outbox's schema, as numbered steps that add to what is there.
///
/// They run on an empty database as well as on a table `outbox_events` that other services have used for years;
/// no step rewrites a row, and indexes are built without blocking writers.
public enum OutboxMigrations {
    /// How many lanes there are unless told otherwise.
    public static let defaultLanes = 64
    /// What the number of lanes may be.
    public static let allowedLanes = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024]

    package static let migrator = PQMigrator(
        [
            PQMigration(
                version: 1, name: "outbox_events", up: PackageResources._001_outbox_events_up_sql,
                down: PackageResources._001_outbox_events_down_sql),
            PQMigration(
                version: 2, name: "headers_and_parking", up: PackageResources._002_headers_and_parking_up_sql,
                down: PackageResources._002_headers_and_parking_down_sql),
            PQMigration(
                version: 3, name: "functions", up: PackageResources._003_functions_up_sql,
                down: PackageResources._003_functions_down_sql),
            PQMigration(
                version: 4, name: "holds_index", up: PackageResources._004_holds_index_up_sql,
                down: PackageResources._004_holds_index_down_sql),
            PQMigration(
                version: 5, name: "lanes_and_audit", up: PackageResources._005_lanes_and_audit_up_sql,
                down: PackageResources._005_lanes_and_audit_down_sql),
            PQMigration(
                version: 6, name: "audit_details", up: PackageResources._006_audit_details_up_sql,
                down: PackageResources._006_audit_details_down_sql),
            PQMigration(
                version: 7, name: "retention", up: PackageResources._007_retention_up_sql,
                down: PackageResources._007_retention_down_sql),
            PQMigration(
                version: 8, name: "partitions", up: PackageResources._008_partitions_up_sql,
                down: PackageResources._008_partitions_down_sql),
            PQMigration(
                version: 9, name: "dispatchers", up: PackageResources._009_dispatchers_up_sql,
                down: PackageResources._009_dispatchers_down_sql),
            PQMigration(
                version: 10, name: "dispatcher_rights", up: PackageResources._010_dispatcher_rights_up_sql,
                down: PackageResources._010_dispatcher_rights_down_sql),
            PQMigration(
                version: 11, name: "rights_on_columns", up: PackageResources._011_rights_on_columns_up_sql,
                down: PackageResources._011_rights_on_columns_down_sql),
        ], table: "outbox_migrations", grants: grants)

    /// The numbers of all steps.
    package static var versions: [Int] { migrator.migrations.map(\.version) }

    /// The version that ``apply(on:lanes:)`` brings a schema to.
    package static var latestVersion: Int { versions.last ?? 0 }

    /// Brings the schema up to date and makes the index for `lanes`.
    ///
    /// - Parameters:
    ///   - connection: not through a pooler in transaction mode: it takes a session's advisory lock.
    ///   - lanes: a power of two up to 1024. Another number than before adds an index beside the old one.
    /// - Returns: the steps that were applied now.
    /// - Throws: `PQError`, or ``OutboxError`` for a number of lanes that is not allowed.
    @discardableResult
    public static func apply(on connection: PQConnection, lanes: Int = defaultLanes) async throws -> [PQMigration] {
        guard allowedLanes.contains(lanes) else {
            throw OutboxError(.schema, "\(lanes) lanes: must be a power of two between 1 and 1024")
        }
        try await dropBrokenIndexes(on: connection)
        let applied = try await migrator.apply(on: connection)
        try await migrator.withLock(on: connection) {
            if try await OutboxPartitions.isPartitioned(on: connection) {
                try await OutboxPartitions.buildIndex(
                    laneIndexName(lanes: lanes), laneIndexDefinition(lanes: lanes), on: connection)
                try await connection.run(script: laneRows(lanes: lanes))
                return
            }
            for statement in laneStatements(lanes: lanes) { try await connection.run(script: statement) }
        }
        return applied
    }

    /// A build that was interrupted leaves an index that is not valid and would be kept by `IF NOT EXISTS`.
    private static func dropBrokenIndexes(on connection: PQConnection) async throws {
        guard try await !OutboxPartitions.isPartitioned(on: connection) else { return }
        try await migrator.withLock(on: connection) {
            let broken = try await connection.query(
                """
                SELECT i.indexrelid::regclass::text FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
                WHERE i.indrelid = to_regclass('outbox_events') AND NOT i.indisvalid
                    AND c.relname ~ '^outbox_events_(failed|lane_[0-9]+)_idx$'
                    AND NOT EXISTS (SELECT FROM pg_stat_progress_create_index p WHERE p.index_relid = i.indexrelid)
                """)
            for row in broken.rows {
                try await connection.run(script: "DROP INDEX \(try row.decode(0, as: String.self))")
            }
        }
    }

    /// Takes the schema back to the table that plain writers know. Events stay; partitions become one table again.
    ///
    /// - Parameter connection: not through a pooler in transaction mode.
    /// - Returns: the steps that were undone.
    /// - Throws: `PQError`.
    @discardableResult
    public static func revert(on connection: PQConnection) async throws -> [PQMigration] {
        try await OutboxPartitions.revert(on: connection)
        return try await migrator.revert(on: connection)
    }

    /// The whole schema as one script for those who run migrations with a tool of their own. Each statement may be
    /// run again; `CREATE INDEX CONCURRENTLY` must run outside a transaction.
    ///
    /// - Parameter lanes: one of ``allowedLanes``.
    public static func script(lanes: Int = defaultLanes) -> String {
        ([migrator.script()] + ["-- lanes"] + laneStatements(lanes: lanes)).joined(separator: "\n")
    }

    package static func laneIndexName(lanes: Int) -> String { "outbox_events_lane_\(lanes)_idx" }

    static func laneStatements(lanes: Int) -> [String] {
        [
            """
            CREATE INDEX CONCURRENTLY IF NOT EXISTS \(laneIndexName(lanes: lanes))
                ON outbox_events \(laneIndexDefinition(lanes: lanes));
            """,
            laneRows(lanes: lanes),
        ]
    }

    private static func laneIndexDefinition(lanes: Int) -> String {
        "(outbox_lane(aggregate_type, aggregate_id, \(lanes)), id) WHERE NOT published AND parked_at IS NULL"
    }

    private static func laneRows(lanes: Int) -> String {
        "INSERT INTO outbox_lanes (lane) SELECT generate_series(0, \(lanes - 1)) ON CONFLICT DO NOTHING;"
    }
}

extension PQMigration {
    fileprivate init(version: Int, name: String, up: [UInt8], down: [UInt8]) {
        self.init(
            version: version, name: name, up: String(decoding: up, as: UTF8.self),
            down: String(decoding: down, as: UTF8.self))
    }
}
