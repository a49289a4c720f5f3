public import FoundationEssentials
public import LibPQ

/// What operators did to the outbox: who, when, to what, and why. Every change through this library is in it, recorded
/// in the transaction that made it.
public struct AuditLog: Sendable {
    /// Something that was done.
    public struct Entry: Sendable, Hashable, Codable {
        /// Grows with every entry.
        public let id: Int64
        /// When the transaction that did it began.
        public let at: Date
        /// Who did it.
        public let actor: String
        /// What was done, e.g. `parked.discard`.
        public let action: String
        /// To which event, if it was to one.
        public let eventID: UUID?
        /// To which aggregate type.
        public let aggregateType: String?
        /// To which aggregate.
        public let aggregateID: String?
        /// Why.
        public let reason: String?
        /// The row as it was, when it is gone from the outbox.
        public let event: JSONValue?
        /// More, by action: which events were meant, how many there were.
        public let details: JSONValue?
    }

    /// Which entries are meant: those to which everything applies that is not `nil`.
    public struct Filter: Sendable, Hashable {
        /// An action, or a group of them: `parked` is `parked.retry` and `parked.discard`.
        public var action: String?
        /// Who did it.
        public var actor: String?
        /// What was done to one event.
        public var eventID: UUID?
        /// What was done to aggregates of this type.
        public var aggregateType: String?
        /// What was done to aggregates of this id, whatever their type.
        public var aggregateID: String?
        /// From this moment on.
        public var since: Date?
        /// Before this moment.
        public var until: Date?

        /// All entries.
        public init() {}
    }

    private let pool: PQPool

    /// - Parameter pool: the outbox's database.
    public init(pool: PQPool) {
        self.pool = pool
    }

    /// Lists what was done.
    ///
    /// - Parameters:
    ///   - filter: which entries.
    ///   - limit: the most entries.
    ///   - id: only those before this entry; for paging.
    /// - Returns: the entries, the latest first.
    /// - Throws: `PQError`.
    public func list(_ filter: Filter = Filter(), limit: Int = 100, before id: Int64 = .max) async throws -> [Entry] {
        try await pool.withConnection { connection in
            let result = try await connection.query(
                """
                SELECT id, at, actor, action, event_id, aggregate_type, aggregate_id, reason, event, details
                FROM outbox_audit
                WHERE id < \(id)
                    AND (\(filter.action)::text IS NULL OR action = \(filter.action)
                        OR starts_with(action, \(filter.action) || '.'))
                    AND (\(filter.actor)::text IS NULL OR actor = \(filter.actor))
                    AND (\(filter.eventID)::uuid IS NULL OR event_id = \(filter.eventID))
                    AND (\(filter.aggregateType)::text IS NULL OR aggregate_type = \(filter.aggregateType))
                    AND (\(filter.aggregateID)::text IS NULL OR aggregate_id = \(filter.aggregateID))
                    AND (\(filter.since)::timestamptz IS NULL OR at >= \(filter.since))
                    AND (\(filter.until)::timestamptz IS NULL OR at < \(filter.until))
                ORDER BY id DESC LIMIT \(Int64(limit))
                """)
            return try result.rows.map(Entry.init)
        }
    }
}

extension AuditLog.Entry {
    fileprivate init(_ row: PQRow) throws {
        id = try row.decode(0)
        at = try row.decode(1)
        actor = try row.decode(2)
        action = try row.decode(3)
        eventID = try row.decode(4)
        aggregateType = try row.decode(5)
        aggregateID = try row.decode(6)
        reason = try row.decode(7)
        event = try row.decode(8, as: PQJSON?.self).map { try JSONValue(parsing: $0.bytes) }
        details = try row.decode(9, as: PQJSON?.self).map { try JSONValue(parsing: $0.bytes) }
    }
}
