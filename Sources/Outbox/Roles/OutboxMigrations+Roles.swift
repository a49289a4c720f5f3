public import LibPQ

extension OutboxMigrations {
    /// Makes the group roles that work on the outbox, and grants each what it needs and no more: `writer` saves events,
    /// `dispatcher` moves them to Kafka, `operator` looks, verifies, and decides about events that wait. Can be repeated.
    ///
    /// They can't log in: make login roles members of them (`GRANT outbox_writer TO orders`). None of them may change the
    /// schema, which is the business of the tables' owner. A later ``apply(on:lanes:)`` grants them what is new.
    ///
    /// - Parameters:
    ///   - roles: their names.
    ///   - connection: of the tables' owner, with the schema up to date; who may create roles, unless they are there.
    /// - Throws: `PQError`; then nothing was made or granted.
    public static func makeRoles(_ roles: PQGroupRoles, on connection: PQConnection) async throws {
        try await migrator.makeRoles(roles, on: connection)
    }

    /// What ``makeRoles(_:on:)`` does, as SQL for who may create roles.
    public static func rolesScript(_ roles: PQGroupRoles) -> String { migrator.rolesScript(roles) }

    /// All that work on the outbox may do. What is granted on columns is what the statements name.
    static let grants =
        writing + dispatching + operating + [
            PQGrant("SELECT", on: "outbox_migrations", to: "dispatcher", "operator"),
            // Part of the lanes' index, and so of every insert.
            PQGrant(
                "EXECUTE", on: "FUNCTION outbox_aggregate_hash(TEXT, TEXT)", to: "writer", "dispatcher", "operator"),
            PQGrant("EXECUTE", on: "FUNCTION outbox_lane(TEXT, TEXT, INTEGER)", to: "writer", "dispatcher", "operator"),
        ]

    /// The columns of the table's contract, and the sequence that an event was given.
    private static let writing = [
        PQGrant(
            "INSERT (event_id, aggregate_id, aggregate_type, event_type, payload, headers, available_at), SELECT (id)",
            on: "outbox_events", to: "writer"),
        PQGrant("USAGE", on: "SEQUENCE outbox_events_id_seq", to: "writer"),
        PQGrant("EXECUTE", on: "FUNCTION outbox_lock_aggregate(TEXT, TEXT)", to: "writer"),
    ]

    private static let dispatching = [
        PQGrant(
            "SELECT, DELETE, UPDATE (published, published_at, available_at, retry_count, parked_at, last_error)",
            on: "outbox_events", to: "dispatcher"),
        // Retention works on it directly.
        PQGrant(
            "SELECT, DELETE, UPDATE (published)", on: "outbox_events_default", to: "dispatcher", isOptional: true),
        PQGrant("SELECT", on: "SEQUENCE outbox_events_id_seq", to: "dispatcher"),
        PQGrant("SELECT, UPDATE (owner, epoch, lease_until)", on: "outbox_lanes", to: "dispatcher"),
        PQGrant("SELECT, INSERT, UPDATE, DELETE", on: "outbox_dispatchers", to: "dispatcher"),
        PQGrant(
            "SELECT, UPDATE (position, walk_started_at, owner, lease_until)", on: "outbox_retention",
            to: "dispatcher"),
        PQGrant("EXECUTE", on: "FUNCTION outbox_keep_partitions(INTERVAL)", to: "dispatcher"),
        PQGrant("SELECT", on: "outbox_audit", to: "dispatcher"),
    ]

    /// Nobody takes back what the audit says; a replay notes in its own row how far it has come.
    private static let operating = [
        PQGrant(
            "SELECT, DELETE, UPDATE (available_at, retry_count, parked_at, last_error)", on: "outbox_events",
            to: "operator"),
        PQGrant("SELECT", on: "SEQUENCE outbox_events_id_seq", to: "operator"),
        PQGrant("SELECT", on: "outbox_lanes, outbox_retention", to: "operator"),
        PQGrant("SELECT, UPDATE (drained_at)", on: "outbox_dispatchers", to: "operator"),
        PQGrant(
            """
            SELECT, INSERT (actor, action, event_id, aggregate_type, aggregate_id, reason, event, details), \
            UPDATE (details)
            """, on: "outbox_audit", to: "operator"),
        PQGrant("USAGE", on: "SEQUENCE outbox_audit_id_seq", to: "operator"),
    ]
}
