public import FoundationEssentials

/// An organization as it is after the event.
public struct OrganizationPayload: Codable, Hashable, Sendable {
    public var organizationCode: String
    public var name: String
    /// What kind of unit it is, e.g. `DEPARTMENT`; a list that each tenant keeps for itself.
    public var unitType: String
    public var status: CatalogStatus
    /// The first day.
    public var effectiveDate: CalendarDate
    /// The organization's id; `nil` in events of the contract's first edition only.
    public var recordId: UUID?

    public init(
        organizationCode: String, name: String, unitType: String, status: CatalogStatus, effectiveDate: CalendarDate,
        recordId: UUID? = nil
    ) {
        self.organizationCode = organizationCode
        self.name = name
        self.unitType = unitType
        self.status = status
        self.effectiveDate = effectiveDate
        self.recordId = recordId
    }
}
