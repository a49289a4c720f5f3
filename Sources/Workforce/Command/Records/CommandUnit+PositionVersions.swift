import FoundationEssentials
import LibPQ
import Outbox

extension CommandUnit {
    /// Changes the newest version of a locked position.
    ///
    /// - Throws: ``CommandError`` when something that it is to refer to does not exist.
    func change(_ old: PositionPayload, _ changes: PositionChanges) async throws {
        try await checkReferences(
            organization: changes.organizationCode ?? old.organizationCode,
            jobFamilyGroup: changes.jobFamilyGroupCode ?? old.jobFamilyGroupCode,
            jobFamily: changes.jobFamilyCode ?? old.jobFamilyCode, jobRole: changes.jobRoleCode ?? old.jobRoleCode,
            jobLevel: changes.jobLevelCode ?? old.jobLevelCode)
        try await transaction.execute(
            """
            UPDATE positions
            SET title = coalesce(\(changes.title), title),
                organization_code = coalesce(\(changes.organizationCode), organization_code),
                job_family_group_code = coalesce(\(changes.jobFamilyGroupCode), job_family_group_code),
                job_family_code = coalesce(\(changes.jobFamilyCode), job_family_code),
                job_role_code = coalesce(\(changes.jobRoleCode), job_role_code),
                job_level_code = coalesce(\(changes.jobLevelCode), job_level_code),
                position_type = coalesce(\(changes.positionType), position_type),
                employment_type = coalesce(\(changes.employmentType), employment_type),
                headcount_capacity =
                    coalesce(\(changes.headcountCapacity)::float8::numeric(8, 2), headcount_capacity)
            WHERE tenant_id = \(tenantID) AND code = \(old.positionCode)
            """)
    }

    /// Begins a new version of a locked position, which is like the one before but for its id and first day.
    ///
    /// - Throws: ``CommandError`` unless it begins after the one before.
    func beginVersion(of old: PositionPayload, effective date: CalendarDate) async throws {
        if let standing = old.effectiveDate, date <= standing {
            throw Rules.positionVersionConflict(old.positionCode, wanted: date, standing: standing)
        }
        try await transaction.execute(
            """
            INSERT INTO position_versions
                (tenant_id, code, effective_date, record_id, title, organization_code, job_family_group_code,
                job_family_code, job_role_code, job_level_code, position_type, employment_type, headcount_capacity)
            SELECT tenant_id, code, effective_date, record_id, title, organization_code, job_family_group_code,
                job_family_code, job_role_code, job_level_code, position_type, employment_type, headcount_capacity
            FROM positions WHERE tenant_id = \(tenantID) AND code = \(old.positionCode)
            """)
        try await transaction.execute(
            """
            UPDATE positions SET record_id = \(UUIDv7.next()), effective_date = \(date)
            WHERE tenant_id = \(tenantID) AND code = \(old.positionCode)
            """)
    }

    /// Gives the newest version of a locked position another first day.
    ///
    /// - Throws: ``CommandError`` unless that lies after the version before.
    func moveVersion(of old: PositionPayload, to date: CalendarDate) async throws {
        let moved = try await transaction.execute(
            """
            UPDATE positions SET effective_date = \(date)
            WHERE tenant_id = \(tenantID) AND code = \(old.positionCode) AND NOT EXISTS (
                SELECT FROM position_versions
                WHERE tenant_id = \(tenantID) AND code = \(old.positionCode) AND effective_date >= \(date))
            """)
        guard moved == 1 else { throw Rules.positionVersionConflict(old.positionCode, wanted: date) }
    }
}
