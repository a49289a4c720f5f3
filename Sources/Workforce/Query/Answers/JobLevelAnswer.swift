public import FoundationEssentials

/// A version of a job level as queries answer it.
public struct JobLevelAnswer: Hashable, Sendable, Codable {
    public var code: String
    /// `nil` when the version's event doesn't say it.
    public var name: String?
    public var roleCode: String
    public var levelRank: Int
    public var status: CatalogStatus
    public var effectiveDate: CalendarDate
    public var recordId: UUID
    public var createdAt: Timestamp?
}
