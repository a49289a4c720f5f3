import LibPQ
import Outbox

/// Creates a job level with its first version; writes `jobLevel.versionCreated`.
public struct CreateJobLevel: Command {
    public var code: String
    public var name: String
    public var roleCode: String
    public var levelRank: Int
    public var status: CatalogStatus
    public var effectiveDate: CalendarDate

    /// - Parameter levelRank: 0 to 1000; a higher one ranks higher.
    public init(
        code: String, name: String, roleCode: String, levelRank: Int, status: CatalogStatus = .active,
        effectiveDate: CalendarDate
    ) {
        self.code = code
        self.name = name
        self.roleCode = roleCode
        self.levelRank = levelRank
        self.status = status
        self.effectiveDate = effectiveDate
    }

    public func validate() throws(CommandError) {
        var check = InputCheck()
        check.code(code, "code")
        check.text(name, "name")
        check.code(roleCode, "jobRoleCode")
        check.require((0...1000).contains(levelRank), "levelRank", "must be between 0 and 1000")
        check.known(status, "status")
        try check.finish()
    }

    public func run(in unit: CommandUnit) async throws -> JobLevelPayload {
        unit.concerns(.jobLevel, code)
        let role = try await unit.transaction.query(
            """
            SELECT FROM job_catalog
            WHERE tenant_id = \(unit.tenantID) AND kind = 'ROLE' AND code = \(roleCode)
            FOR KEY SHARE
            """)
        guard role.rowCount == 1 else {
            throw CommandError(.rejected, Rules.unknownReference("jobRoleCode", roleCode))
        }
        let inserted = try await unit.transaction.execute(
            """
            INSERT INTO job_levels (tenant_id, code, role_code, level_rank)
            VALUES (\(unit.tenantID), \(code), \(roleCode), \(levelRank)::int8)
            ON CONFLICT (tenant_id, code) DO NOTHING
            """)
        guard inserted == 1 else { throw Rules.codeTaken("job level", code) }
        let version = JobLevelPayload(
            jobLevelCode: code, name: name, roleCode: roleCode, levelRank: levelRank, status: status,
            effectiveDate: effectiveDate, recordId: UUIDv7.next())
        _ = try await unit.insert(version, parentRecordID: nil)
        unit.record(.jobLevelVersionCreated(version))
        return version
    }
}
