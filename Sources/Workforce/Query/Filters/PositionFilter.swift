/// Which positions a list holds; what is `nil` does not matter.
public struct PositionFilter: Hashable, Sendable {
    public var codes: [String]?
    public var statuses: [PositionStatus]?
    public var organizationCode: String?
    public var jobFamilyGroupCode: String?
    public var jobFamilyCode: String?
    public var jobRoleCode: String?
    public var jobLevelCode: String?
    public var positionType: String?
    public var employmentType: String?
    /// A part of the title, whatever its case.
    public var titleContains: String?

    public init() {}
}
