/// Which organizations a list holds; what is `nil` does not matter.
public struct OrganizationFilter: Hashable, Sendable {
    public var codes: [String]?
    public var statuses: [CatalogStatus]?
    public var unitType: String?
    /// A part of the name, whatever its case.
    public var nameContains: String?

    public init() {}
}
