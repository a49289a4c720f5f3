public import FoundationEssentials
import LibPQ
public import Outbox

/// An event that waits in the read model's database, as it came from its topic.
public struct HeldEvent: Sendable, Hashable, Codable {
    /// A header of the record.
    public struct Header: Sendable, Hashable, Codable {
        /// The header's name; a record may have several of one name.
        public let name: String
        /// Nil for a null value; bytes that are no UTF-8 are replaced.
        public let value: String?
    }

    /// What consumers dedupe on.
    public let eventID: UUID
    /// `<aggregate>.<action>`
    public let eventType: String
    /// The kind of aggregate.
    public let aggregateType: String
    /// The aggregate within its type.
    public let aggregateID: String
    /// Where it comes from.
    public let topic: String
    /// Where it comes from.
    public let partition: Int32
    /// Where it comes from.
    public let offset: Int64
    /// The record's time.
    public let timestamp: Date?
    /// The record's key.
    public let key: String?
    /// The record's headers, in their order.
    public let headers: [Header]
    /// The record's value.
    public let payload: JSONValue?
    /// When the consumer received it.
    public let receivedAt: Date
    /// How many events wait before it; the first one is what failed.
    public let waitingBefore: Int64
    /// How often its aggregate's first event has been tried.
    public let attempts: Int?
    /// Why its aggregate's first event failed last.
    public let lastError: String?
    /// Since when the aggregate waits for a decision; nil for one that is retried.
    public let deadAt: Date?

    init(_ row: PQRow) throws {
        eventID = try row.decode(0)
        eventType = try row.decode(1)
        aggregateType = try row.decode(2)
        aggregateID = try row.decode(3)
        topic = try row.decode(4)
        partition = try row.decode(5)
        offset = try row.decode(6)
        timestamp = try row.decode(7, as: Int64?.self).map { Date(timeIntervalSince1970: Double($0) / 1_000) }
        key = try row.decode(8, as: [UInt8]?.self).map { String(decoding: $0, as: UTF8.self) }
        payload = try row.decode(9, as: [UInt8]?.self).flatMap { try? JSONValue(parsing: $0) }
        let values = try row.decode(11, as: [[UInt8]?].self)
        headers = zip(try row.decode(10, as: [String].self), values).map { name, value in
            Header(name: name, value: value.map { String(decoding: $0, as: UTF8.self) })
        }
        receivedAt = try row.decode(12)
        attempts = try row.decode(13, as: Int32?.self).map { Int($0) }
        lastError = try row.decode(14)
        deadAt = try row.decode(15)
        waitingBefore = try row.decode(16)
    }
}
