/// Which versions of job levels a list holds; what is `nil` does not matter.
public struct JobLevelFilter: Hashable, Sendable {
    public var code: String?
    public var roleCode: String?
    public var statuses: [CatalogStatus]?
    /// Of each level only the version that counts on this day.
    public var asOfDate: CalendarDate?

    public init() {}
}
