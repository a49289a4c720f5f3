/// What is to be changed about a position. What is `nil` stays as it is.
public struct PositionChanges: Codable, Hashable, Sendable {
    public var title: String?
    public var organizationCode: String?
    public var jobFamilyGroupCode: String?
    public var jobFamilyCode: String?
    public var jobRoleCode: String?
    public var jobLevelCode: String?
    public var positionType: String?
    public var employmentType: String?
    /// In full-time equivalents; not less than what is assigned.
    public var headcountCapacity: Double?

    public init(
        title: String? = nil, organizationCode: String? = nil, jobFamilyGroupCode: String? = nil,
        jobFamilyCode: String? = nil, jobRoleCode: String? = nil, jobLevelCode: String? = nil,
        positionType: String? = nil, employmentType: String? = nil, headcountCapacity: Double? = nil
    ) {
        self.title = title
        self.organizationCode = organizationCode
        self.jobFamilyGroupCode = jobFamilyGroupCode
        self.jobFamilyCode = jobFamilyCode
        self.jobRoleCode = jobRoleCode
        self.jobLevelCode = jobLevelCode
        self.positionType = positionType
        self.employmentType = employmentType
        self.headcountCapacity = headcountCapacity
    }

    func check(_ check: inout InputCheck) {
        if let title { check.text(title, "title") }
        for (value, field) in [
            (organizationCode, "organizationCode"), (jobFamilyGroupCode, "jobFamilyGroupCode"),
            (jobFamilyCode, "jobFamilyCode"), (jobRoleCode, "jobRoleCode"), (jobLevelCode, "jobLevelCode"),
            (positionType, "positionType"), (employmentType, "employmentType"),
        ] {
            if let value { check.code(value, field) }
        }
        if let headcountCapacity {
            check.hundredths(headcountCapacity, "headcountCapacity", from: 0.01, to: 9999.99)
        }
    }
}
