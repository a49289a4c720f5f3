public import FoundationEssentials

/// One version of a job level.
public struct JobLevelPayload: Codable, Hashable, Sendable {
    public var jobLevelCode: String
    /// `nil` in events of the contract's first edition only.
    public var name: String?
    public var roleCode: String
    public var levelRank: Int
    public var status: CatalogStatus
    /// The first day on which this version counts.
    public var effectiveDate: CalendarDate
    /// The version's id; on a conflict that of the version which stands, since the other one was never stored.
    public var recordId: UUID
    /// Why the version was refused; on `jobLevel.versionConflict` only.
    public var error: String?

    public init(
        jobLevelCode: String, name: String? = nil, roleCode: String, levelRank: Int, status: CatalogStatus,
        effectiveDate: CalendarDate, recordId: UUID, error: String? = nil
    ) {
        self.jobLevelCode = jobLevelCode
        self.name = name
        self.roleCode = roleCode
        self.levelRank = levelRank
        self.status = status
        self.effectiveDate = effectiveDate
        self.recordId = recordId
        self.error = error
    }
}
