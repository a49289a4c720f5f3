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

    public init(
        positionCode: String, title: String, status: PositionStatus, organizationCode: String,
        jobFamilyGroupCode: String, jobFamilyCode: String, jobRoleCode: String, jobLevelCode: String,
        headcountCapacity: Double, headcountInUse: Double
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
    }
}
