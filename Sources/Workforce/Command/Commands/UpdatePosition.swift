import LibPQ

/// Changes a position; writes `position.updated`. What is `nil` stays as it is.
public struct UpdatePosition: Command {
    public var code: String
    public var title: String?
    public var organizationCode: String?
    public var jobFamilyGroupCode: String?
    public var jobFamilyCode: String?
    public var jobRoleCode: String?
    public var jobLevelCode: String?
    public var headcountCapacity: Double?
    public var isInactive: Bool?

    /// - Parameters:
    ///   - headcountCapacity: not less than what is assigned.
    ///   - isInactive: nobody can be put in an inactive position.
    public init(
        code: String, title: String? = nil, organizationCode: String? = nil, jobFamilyGroupCode: String? = nil,
        jobFamilyCode: String? = nil, jobRoleCode: String? = nil, jobLevelCode: String? = nil,
        headcountCapacity: Double? = nil, isInactive: Bool? = nil
    ) {
        self.code = code
        self.title = title
        self.organizationCode = organizationCode
        self.jobFamilyGroupCode = jobFamilyGroupCode
        self.jobFamilyCode = jobFamilyCode
        self.jobRoleCode = jobRoleCode
        self.jobLevelCode = jobLevelCode
        self.headcountCapacity = headcountCapacity
        self.isInactive = isInactive
    }

    public func validate() throws(CommandError) {
        var check = InputCheck()
        check.code(code, "code")
        if let title { check.text(title, "title") }
        for (value, field) in [
            (organizationCode, "organizationCode"), (jobFamilyGroupCode, "jobFamilyGroupCode"),
            (jobFamilyCode, "jobFamilyCode"), (jobRoleCode, "jobRoleCode"), (jobLevelCode, "jobLevelCode"),
        ] {
            if let value { check.code(value, field) }
        }
        if let headcountCapacity {
            check.hundredths(headcountCapacity, "headcountCapacity", from: 0.01, to: 9999.99)
        }
        try check.finish()
    }

    public func run(in unit: CommandUnit) async throws -> PositionPayload {
        unit.concerns(.position, code)
        let old = try await unit.lockPosition(code).position
        try await unit.checkReferences(
            organization: organizationCode ?? old.organizationCode,
            jobFamilyGroup: jobFamilyGroupCode ?? old.jobFamilyGroupCode,
            jobFamily: jobFamilyCode ?? old.jobFamilyCode, jobRole: jobRoleCode ?? old.jobRoleCode,
            jobLevel: jobLevelCode ?? old.jobLevelCode)
        try await unit.transaction.execute(
            """
            UPDATE positions
            SET title = coalesce(\(title), title),
                organization_code = coalesce(\(organizationCode), organization_code),
                job_family_group_code = coalesce(\(jobFamilyGroupCode), job_family_group_code),
                job_family_code = coalesce(\(jobFamilyCode), job_family_code),
                job_role_code = coalesce(\(jobRoleCode), job_role_code),
                job_level_code = coalesce(\(jobLevelCode), job_level_code),
                headcount_capacity = coalesce(\(headcountCapacity)::float8::numeric(8, 2), headcount_capacity),
                is_inactive = coalesce(\(isInactive), is_inactive)
            WHERE tenant_id = \(unit.tenantID) AND code = \(code)
            """)
        let position = try await unit.restaff(code)
        unit.record(.positionUpdated(position))
        return position
    }
}
