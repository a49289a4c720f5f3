/// An organization and a small job catalog, which a tenant needs before it can have positions: for demonstrations,
/// tests and first steps.
public struct SampleCatalog: Sendable {
    public var organizationCode = "1000001"
    public var jobFamilyGroupCode = "TECH"
    public var jobFamilyCode = "TECH-SW"
    public var jobRoleCode = "SWE"
    public var jobLevelCode = "S3"
    public var effectiveDate: CalendarDate

    public init(effectiveDate: CalendarDate) { self.effectiveDate = effectiveDate }

    /// Creates all of it, one command after another.
    ///
    /// - Returns: the events written: `organization.created` and `jobLevel.versionCreated`.
    /// - Throws: ``CommandError`` when the tenant has one of the codes already.
    @discardableResult
    public func create(with service: CommandService, context: CommandContext) async throws -> [EventReceipt] {
        let organization = try await service.execute(
            CreateOrganization(code: organizationCode, name: "Platform Engineering", effectiveDate: effectiveDate),
            context: context)
        let entries = [
            (JobCatalogKind.familyGroup, jobFamilyGroupCode, "Technology", nil),
            (.family, jobFamilyCode, "Software", jobFamilyGroupCode),
            (.role, jobRoleCode, "Software engineer", jobFamilyCode),
        ]
        for (kind, code, name, parent) in entries {
            _ = try await service.execute(
                CreateJobCatalogEntry(
                    kind: kind, code: code, name: name, parentCode: parent, effectiveDate: effectiveDate),
                context: context)
        }
        let level = try await service.execute(
            CreateJobLevel(
                code: jobLevelCode, name: "Senior", roleCode: jobRoleCode, levelRank: 3, effectiveDate: effectiveDate),
            context: context)
        return organization.events + level.events
    }

    /// A command that creates a position in this catalog.
    ///
    /// - Parameter code: made unless given.
    public func position(code: String? = nil, title: String, headcountCapacity: Double = 1) -> CreatePosition {
        CreatePosition(
            code: code, title: title, organizationCode: organizationCode, jobFamilyGroupCode: jobFamilyGroupCode,
            jobFamilyCode: jobFamilyCode, jobRoleCode: jobRoleCode, jobLevelCode: jobLevelCode,
            headcountCapacity: headcountCapacity, effectiveDate: effectiveDate)
    }
}
