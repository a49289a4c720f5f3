public import FoundationEssentials

/// An organization as queries answer it.
public struct OrganizationAnswer: Hashable, Sendable, Codable {
    public var code: String
    /// `nil` while only events are known that don't say it.
    public var recordId: UUID?
    public var name: String
    public var unitType: String
    public var status: CatalogStatus
    public var effectiveDate: CalendarDate
    public var createdAt: Timestamp?
    public var updatedAt: Timestamp?
}
