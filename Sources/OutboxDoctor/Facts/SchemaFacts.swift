import LibPQ
import Outbox

/// Which of the outbox's tables and steps are there.
struct SchemaFacts: Sendable {
    static let tables = ["outbox_events", "outbox_lanes", "outbox_dispatchers", "outbox_retention", "outbox_audit"]

    /// Of ``tables``, those that the session does not find.
    var missing: [String] = []
    /// A schema that has a table outbox_events which the session does not find, and whether the role may use it.
    var elsewhere: (schema: String, isUsable: Bool)?
    /// The schema in which the table was found.
    var schema = "public"
    var owner = ""
    var isPartitioned = false
    /// The steps applied; `nil` when the role may not read of them.
    var applied: Set<Int>?
    /// Those that this program knows.
    var known = Set(OutboxMigrations.versions)
    /// The index over the lanes that are in use: `nil` when it is not there.
    var isLaneIndexValid: Bool?
    /// The numbers of lanes for which there are other indexes.
    var otherLanes: [Int] = []

    var hasEvents: Bool { !missing.contains("outbox_events") }

    static func read(_ connection: PQConnection, lanes: Int) async throws -> SchemaFacts {
        var facts = SchemaFacts()
        let found = try await connection.query(
            "SELECT name FROM unnest(\(tables)::text[]) AS name WHERE to_regclass(name) IS NOT NULL")
        let names = Set(try found.rows.map { try $0.decode(0, as: String.self) })
        facts.missing = tables.filter { !names.contains($0) }
        guard facts.hasEvents else {
            let others = try await connection.query(
                """
                SELECT n.nspname::text, has_schema_privilege(n.oid, 'USAGE')
                FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE c.relname = 'outbox_events' AND c.relkind IN ('r', 'p') ORDER BY 2, 1 LIMIT 1
                """)
            if others.rowCount > 0 { facts.elsewhere = (try others[0].decode(0), try others[0].decode(1)) }
            return facts
        }
        let table = try await connection.query(
            """
            SELECT relnamespace::regnamespace::text, relowner::regrole::text, relkind = 'p'
            FROM pg_class WHERE oid = 'outbox_events'::regclass
            """)
        (facts.schema, facts.owner, facts.isPartitioned) = try table[0].decode((String, String, Bool).self)
        facts.applied = try await appliedSteps(connection)
        let indexes = try await connection.query(
            """
            SELECT c.relname::text, i.indisvalid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
            WHERE i.indrelid = 'outbox_events'::regclass AND c.relname ~ '^outbox_events_lane_[0-9]+_idx$'
            """)
        for row in indexes.rows {
            let (name, isValid) = try row.decode((String, Bool).self)
            if name == OutboxMigrations.laneIndexName(lanes: lanes) {
                facts.isLaneIndexValid = isValid
            } else if let number = name.split(separator: "_").dropLast().last.flatMap({ Int($0) }) {
                facts.otherLanes.append(number)
            }
        }
        return facts
    }

    private static func appliedSteps(_ connection: PQConnection) async throws -> Set<Int>? {
        let readable = try await connection.query(
            """
            SELECT to_regclass('outbox_migrations') IS NOT NULL,
                coalesce(has_table_privilege(to_regclass('outbox_migrations'), 'SELECT'), FALSE)
            """)
        let (isThere, mayRead) = try readable[0].decode((Bool, Bool).self)
        guard isThere else { return [] }
        guard mayRead else { return nil }
        let rows = try await connection.query("SELECT version::int8 FROM outbox_migrations")
        return Set(try rows.rows.map { Int(try $0.decode(0, as: Int64.self)) })
    }
}
