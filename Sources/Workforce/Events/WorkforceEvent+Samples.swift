import FoundationEssentials

extension WorkforceEvent {
    /// One event of each type, the way they follow one another when a position is made, filled, changed, vacated and
    /// deleted: for tests, and for those who want to see the contract filled in.
    public static let samples: [WorkforceEvent] = {
        let january = CalendarDate(daysSince1970: 20_454)
        let june = CalendarDate(daysSince1970: 20_605)
        guard let january, let june else { return [] }
        let organization = OrganizationPayload(
            organizationCode: "1000001", name: "Platform Engineering", unitType: "DEPARTMENT", status: .active,
            effectiveDate: january, recordId: sampleID(3))
        var renamed = organization
        renamed.name = "Platform & 基础设施"
        let level = JobLevelPayload(
            jobLevelCode: "S3", name: "Senior", roleCode: "SWE", levelRank: 3, status: .active, effectiveDate: january,
            recordId: sampleID(1))
        var refused = level
        refused.error = "JOB_CATALOG_TEMPORAL_CONFLICT: S3 has a version from 2026-01-01 already"
        let vacant = PositionPayload(
            positionCode: "P1000033", title: "Senior Engineer", status: .vacant, organizationCode: "1000001",
            jobFamilyGroupCode: "TECH", jobFamilyCode: "TECH-SW", jobRoleCode: "SWE", jobLevelCode: "S3",
            headcountCapacity: 1, headcountInUse: 0, recordId: sampleID(4), positionType: "REGULAR",
            employmentType: "FULL_TIME", effectiveDate: january)
        var filled = vacant
        filled.status = .filled
        filled.headcountInUse = 1
        var deleted = vacant
        deleted.status = .deleted
        let assignment = AssignmentPayload(
            assignmentId: sampleID(2), positionCode: "P1000033", employeeId: "E000042", employeeName: "Ada Lovelace",
            assignmentStatus: .active, assignmentType: .primary, fte: 1, effectiveDate: january, endDate: nil,
            autoRevert: false, positionStatus: .filled, headcountInUse: 1, headcountCapacity: 1)
        var reduced = assignment
        (reduced.fte, reduced.headcountInUse, reduced.positionStatus) = (0.5, 0.5, .partiallyFilled)
        var ended = assignment
        (ended.assignmentStatus, ended.endDate, ended.positionStatus, ended.headcountInUse) = (.ended, june, .vacant, 0)
        return [
            .organizationCreated(organization), .organizationUpdated(renamed), .jobLevelVersionCreated(level),
            .jobLevelVersionConflict(refused), .positionCreated(vacant), .assignmentFilled(assignment),
            .positionUpdated(filled), .assignmentUpdated(reduced), .assignmentVacated(ended), .assignmentClosed(ended),
            .positionDeleted(deleted),
        ]
    }()

    private static func sampleID(_ last: UInt8) -> UUID {
        UUID(uuid: (0x01, 0x9B, 0x76, 0xDA, 0xA8, 0x00, 0x7C, 0, 0x8A, 0, 0, 0, 0, 0, 0, last))
    }
}
