public import FoundationEssentials
import LibPQ

/// Which published events are to be published again: those to which everything applies that is given.
public struct ReplaySelection: Sendable, Hashable, Codable {
    /// One aggregate.
    public struct Aggregate: Sendable, Hashable, Codable {
        /// The kind of aggregate.
        public var type: String
        /// The aggregate within its type.
        public var id: String

        /// Names an aggregate.
        public init(type: String, id: String) {
            self.type = type
            self.id = id
        }
    }

    /// Events with one of these ids; empty for any.
    public var eventIDs: [UUID] = []
    /// Events of one of these types; empty for any.
    public var eventTypes: [String] = []
    /// Events of one of these aggregates; empty for any.
    public var aggregates: [Aggregate] = []
    /// Events of one of these aggregate types; empty for any.
    public var aggregateTypes: [String] = []
    /// Events that were settled at this moment or later.
    public var since: Date?
    /// Events that were settled before this moment.
    public var until: Date?
    /// Events after this sequence: where a replay that was stopped goes on.
    public var after: Int64 = 0

    /// Every published event.
    public init() {}

    /// Whether a row is selected, published or not; of the parameters `$1` to `$8`.
    static let condition = """
        id > $1
        AND (cardinality($2::uuid[]) = 0 OR event_id = ANY ($2))
        AND (cardinality($3::text[]) = 0 OR event_type = ANY ($3))
        AND (cardinality($4::text[]) = 0 OR aggregate_type = ANY ($4))
        AND (cardinality($5::text[]) = 0
            OR (aggregate_type, aggregate_id) IN (SELECT * FROM unnest($5::text[], $6::text[])))
        AND ($7::timestamptz IS NULL OR published_at >= $7)
        AND ($8::timestamptz IS NULL OR published_at < $8)
        """

    /// The parameters of ``condition``.
    var parameters: [any PQEncodable] {
        [
            after, eventIDs, eventTypes, aggregateTypes, aggregates.map(\.type), aggregates.map(\.id), since, until,
        ]
    }
}
