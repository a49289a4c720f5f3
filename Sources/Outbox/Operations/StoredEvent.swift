public import FoundationEssentials
import LibPQ

/// An event as it stands in the outbox.
public struct StoredEvent: Sendable, Hashable, Codable {
    public let sequence: Int64
    public let eventID: UUID
    public let eventType: String
    public let aggregateType: String
    public let aggregateID: String
    public let payload: JSONValue
    public let headers: JSONValue
    public let retryCount: Int
    public let isPublished: Bool
    public let publishedAt: Date?
    public let availableAt: Date
    public let createdAt: Date
    public let parkedAt: Date?
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
