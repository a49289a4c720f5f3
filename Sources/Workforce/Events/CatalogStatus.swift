/// Whether an entry of the job catalog or an organization may be used.
public struct CatalogStatus: ContractCode {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    /// It may be used.
    public static let active = CatalogStatus(rawValue: "ACTIVE")
    /// It may not be used for anything new.
    public static let inactive = CatalogStatus(rawValue: "INACTIVE")
    /// It will be used later.
    public static let planned = CatalogStatus(rawValue: "PLANNED")

    public static let known: [CatalogStatus] = [.active, .inactive, .planned]
}
