public import FoundationEssentials
import LibPQ
import Outbox

/// Creates a position with nobody in it; writes `position.created`.
public struct CreatePosition: Command {
    public var code: String?
    public var title: String
    public var organizationCode: String
    public var jobFamilyGroupCode: String
    public var jobFamilyCode: String
    public var jobRoleCode: String
    public var jobLevelCode: String
    public var positionType: String
    public var employmentType: String
    public var headcountCapacity: Double
    public var effectiveDate: CalendarDate

    /// - Parameters:
    ///   - code: `P` and seven digits are made unless given.
    ///   - headcountCapacity: in full-time equivalents, 0.01 to 9999.99.
    public init(
        code: String? = nil, title: String, organizationCode: String, jobFamilyGroupCode: String,
        jobFamilyCode: String, jobRoleCode: String, jobLevelCode: String, positionType: String = "REGULAR",
        employmentType: String = "FULL_TIME", headcountCapacity: Double = 1, effectiveDate: CalendarDate
    ) {
        self.code = code
        self.title = title
        self.organizationCode = organizationCode
        self.jobFamilyGroupCode = jobFamilyGroupCode
        self.jobFamilyCode = jobFamilyCode
        self.jobRoleCode = jobRoleCode
        self.jobLevelCode = jobLevelCode
        self.positionType = positionType
        self.employmentType = employmentType
        self.headcountCapacity = headcountCapacity
        self.effectiveDate = effectiveDate
    }

    /// A position that was created.
    public struct Outcome: Hashable, Sendable {
        public let recordID: UUID
        public let position: PositionPayload
    }

    public func validate() throws(CommandError) {
        var check = InputCheck()
        if let code { check.code(code, "code") }
        check.text(title, "title")
        check.code(organizationCode, "organizationCode")
        check.code(jobFamilyGroupCode, "jobFamilyGroupCode")
        check.code(jobFamilyCode, "jobFamilyCode")
        check.code(jobRoleCode, "jobRoleCode")
        check.code(jobLevelCode, "jobLevelCode")
        check.code(positionType, "positionType")
        check.code(employmentType, "employmentType")
        check.hundredths(headcountCapacity, "headcountCapacity", from: 0.01, to: 9999.99)
        try check.finish()
    }

    public func run(in unit: CommandUnit) async throws -> Outcome {
        try await unit.checkReferences(
            organization: organizationCode, jobFamilyGroup: jobFamilyGroupCode, jobFamily: jobFamilyCode,
            jobRole: jobRoleCode, jobLevel: jobLevelCode)
        let recordID = UUIDv7.next()
        let code = try await insert(recordID: recordID, in: unit)
        unit.concerns(.position, code)
        let position = PositionPayload(
            positionCode: code, title: title, status: .vacant, organizationCode: organizationCode,
            jobFamilyGroupCode: jobFamilyGroupCode, jobFamilyCode: jobFamilyCode, jobRoleCode: jobRoleCode,
            jobLevelCode: jobLevelCode, headcountCapacity: headcountCapacity, headcountInUse: 0, recordId: recordID,
            positionType: positionType, employmentType: employmentType, effectiveDate: effectiveDate)
        unit.record(.positionCreated(position))
        return Outcome(recordID: recordID, position: position)
    }

    /// Inserts the row; a made code that somebody has given already is followed by the next.
    private func insert(recordID: UUID, in unit: CommandUnit) async throws -> String {
        for _ in 0..<(code == nil ? 100 : 1) {
            let rows = try await unit.transaction.query(
                """
                INSERT INTO positions (tenant_id, code, record_id, title, status, organization_code,
                    job_family_group_code, job_family_code, job_role_code, job_level_code, position_type,
                    employment_type, headcount_capacity, effective_date)
                VALUES (\(unit.tenantID), coalesce(\(code), 'P' || nextval('position_codes')), \(recordID), \(title),
                    'VACANT', \(organizationCode), \(jobFamilyGroupCode), \(jobFamilyCode), \(jobRoleCode),
                    \(jobLevelCode), \(positionType), \(employmentType),
                    \(headcountCapacity)::float8::numeric(8, 2), \(effectiveDate))
                ON CONFLICT (tenant_id, code) DO NOTHING
                RETURNING code
                """)
            if let row = rows.rows.first { return try row.decode("code") }
        }
        throw Rules.codeTaken("position", code ?? "with the next hundred codes")
    }
}
