public import FoundationEssentials

/// One version of a job level.
public struct JobLevelPayload: Codable, Hashable, Sendable {
    public var jobLevelCode: String
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
        jobLevelCode: String, roleCode: String, levelRank: Int, status: CatalogStatus, effectiveDate: CalendarDate,
        recordId: UUID, error: String? = nil
    ) {
        self.jobLevelCode = jobLevelCode
        self.roleCode = roleCode
        self.levelRank = levelRank
        self.status = status
        self.effectiveDate = effectiveDate
        self.recordId = recordId
        self.error = error
    }

    // Written by hand for one member: the id in lower case.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(jobLevelCode, forKey: .jobLevelCode)
        try container.encode(roleCode, forKey: .roleCode)
        try container.encode(levelRank, forKey: .levelRank)
        try container.encode(status, forKey: .status)
        try container.encode(effectiveDate, forKey: .effectiveDate)
        try container.encode(recordId.text, forKey: .recordId)
        try container.encodeIfPresent(error, forKey: .error)
    }
}
