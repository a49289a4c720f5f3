import FoundationEssentials
import LibPQ

extension CommandUnit {
    /// Adds a version to a job level whose row is locked.
    ///
    /// - Returns: whether there was none from that day yet.
    func insert(_ version: JobLevelPayload, parentRecordID: UUID?) async throws -> Bool {
        let inserted = try await transaction.execute(
            """
            INSERT INTO job_level_versions
                (tenant_id, code, effective_date, record_id, parent_record_id, name, status)
            VALUES (\(tenantID), \(version.jobLevelCode), \(version.effectiveDate), \(version.recordId),
                \(parentRecordID), \(version.name), \(version.status.rawValue))
            ON CONFLICT (tenant_id, code, effective_date) DO NOTHING
            """)
        return inserted == 1
    }

    /// Locks a job level.
    ///
    /// - Throws: ``CommandError`` of kind `notFound`.
    func lockJobLevel(_ code: String) async throws -> (roleCode: String, levelRank: Int) {
        let rows = try await transaction.query(
            """
            SELECT role_code, level_rank::int8 FROM job_levels
            WHERE tenant_id = \(tenantID) AND code = \(code)
            FOR UPDATE
            """)
        guard let row = rows.rows.first else { throw Rules.notFound(.jobLevel, code, field: "code") }
        return (try row.decode("role_code"), Int(try row.decode("level_rank", as: Int64.self)))
    }

    /// The version from a day.
    func jobLevelVersion(
        _ code: String, effective date: CalendarDate
    ) async throws -> (recordID: UUID, name: String, status: CatalogStatus)? {
        let rows = try await transaction.query(
            """
            SELECT record_id, name, status FROM job_level_versions
            WHERE tenant_id = \(tenantID) AND code = \(code) AND effective_date = \(date)
            """)
        guard let row = rows.rows.first else { return nil }
        return (try row.decode("record_id"), try row.decode("name"), CatalogStatus(rawValue: try row.decode("status")))
    }

    func jobLevelHasVersion(_ code: String, recordID: UUID) async throws -> Bool {
        let rows = try await transaction.query(
            """
            SELECT FROM job_level_versions
            WHERE tenant_id = \(tenantID) AND code = \(code) AND record_id = \(recordID)
            """)
        return rows.rowCount > 0
    }
}
