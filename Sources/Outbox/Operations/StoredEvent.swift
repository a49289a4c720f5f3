public import FoundationEssentials
import LibPQ

/// An event as it stands in the outbox.
public struct StoredEvent: Sendable, Hashable, Codable {
    /// The row's `id`; grows within an aggregate.
    public let sequence: Int64
    /// What consumers dedupe on.
    public let eventID: UUID
    /// `<aggregate>.<action>`
    public let eventType: String
    /// The kind of aggregate.
    public let aggregateType: String
    /// The aggregate within its type.
    public let aggregateID: String
    /// The value on the topic.
    public let payload: JSONValue
    /// The row's own headers, the trace among them.
    public let headers: JSONValue
    /// How often it has failed.
    public let retryCount: Int
    /// Whether it has been settled.
    public let isPublished: Bool
    /// When it was settled.
    public let publishedAt: Date?
    /// Not published before: the writer's wish, or the next retry.
    public let availableAt: Date
    /// When the transaction that wrote it began.
    public let createdAt: Date
    /// When its retries were used up; nil when it is not parked.
    public let parkedAt: Date?
    /// Why it failed last.
    public let lastError: String?

    static let columns = """
        id, event_id, event_type, aggregate_type, aggregate_id, payload, headers, retry_count, published,
        published_at, available_at, created_at, parked_at, last_error
        """

    /// - Parameter row: of ``columns``.
    init(_ row: PQRow) throws {
        sequence = try row.decode(0)
        eventID = try row.decode(1)
        eventType = try row.decode(2)
        aggregateType = try row.decode(3)
        aggregateID = try row.decode(4)
        payload = try JSONValue(parsing: row.decode(5, as: PQJSON.self).bytes)
        headers = try JSONValue(parsing: row.decode(6, as: PQJSON.self).bytes)
        retryCount = Int(try row.decode(7, as: Int32.self))
        isPublished = try row.decode(8)
        publishedAt = try row.decode(9)
        availableAt = try row.decode(10)
        createdAt = try row.decode(11)
        parkedAt = try row.decode(12)
        lastError = try row.decode(13)
    }
}
