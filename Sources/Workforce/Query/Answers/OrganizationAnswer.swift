/// An organization as queries answer it.
public struct OrganizationAnswer: Hashable, Sendable, Codable {
    public var code: String
    public var name: String
    public var unitType: String
    public var status: CatalogStatus
    public var effectiveDate: CalendarDate
    public var createdAt: Timestamp?
    public var updatedAt: Timestamp?
}
