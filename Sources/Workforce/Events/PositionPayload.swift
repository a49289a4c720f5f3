public import FoundationEssentials

/// A position as it is after the event.
public struct PositionPayload: Codable, Hashable, Sendable {
    public var positionCode: String
    public var title: String
    public var status: PositionStatus
    public var organizationCode: String
    public var jobFamilyGroupCode: String
    public var jobFamilyCode: String
    public var jobRoleCode: String
    public var jobLevelCode: String
    /// In full-time equivalents, as ``headcountInUse``.
    public var headcountCapacity: Double
    /// The full-time equivalents of the active assignments.
    public var headcountInUse: Double
    /// The id of the position's newest version, which is the one described here. This and what follows is `nil` in
    /// events of the contract's first edition only.
    public var recordId: UUID?
    /// What kind of position it is, e.g. `REGULAR`; a list that each tenant keeps for itself.
    public var positionType: String?
    /// What kind of employment it is for, e.g. `FULL_TIME`; a list that each tenant keeps for itself.
    public var employmentType: String?
    /// The first day of the newest version.
    public var effectiveDate: CalendarDate?

    public init(
        positionCode: String, title: String, status: PositionStatus, organizationCode: String,
        jobFamilyGroupCode: String, jobFamilyCode: String, jobRoleCode: String, jobLevelCode: String,
        headcountCapacity: Double, headcountInUse: Double, recordId: UUID? = nil, positionType: String? = nil,
        employmentType: String? = nil, effectiveDate: CalendarDate? = nil
    ) {
        self.positionCode = positionCode
        self.title = title
        self.status = status
        self.organizationCode = organizationCode
        self.jobFamilyGroupCode = jobFamilyGroupCode
        self.jobFamilyCode = jobFamilyCode
        self.jobRoleCode = jobRoleCode
        self.jobLevelCode = jobLevelCode
        self.headcountCapacity = headcountCapacity
        self.headcountInUse = headcountInUse
        self.recordId = recordId
        self.positionType = positionType
        self.employmentType = employmentType
        self.effectiveDate = effectiveDate
    }
}
