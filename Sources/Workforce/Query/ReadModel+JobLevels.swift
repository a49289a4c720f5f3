import LibPQ

extension ReadModel {
    /// The versions of a job level, the newest first.
    public func jobLevel(code: String) async throws -> [JobLevelAnswer] {
        let rows = try await session.query(
            """
            SELECT \(unsafe: Self.jobLevelColumns)
            FROM read_model.job_level_versions
            WHERE tenant_id = \(tenantID) AND code = \(code)
            ORDER BY effective_date DESC
            """)
        return try rows.rows.map(Self.jobLevel)
    }

    static let jobLevelColumns = "code, name, role_code, level_rank, status, effective_date, record_id, created_at"

    static func jobLevel(_ row: PQRow) throws(PQError) -> JobLevelAnswer {
        JobLevelAnswer(
            code: try row.decode("code"), name: try row.decode("name"), roleCode: try row.decode("role_code"),
            levelRank: Int(try row.decode("level_rank", as: Int64.self)),
            status: CatalogStatus(rawValue: try row.decode("status")),
            effectiveDate: try row.decode("effective_date"), recordId: try row.decode("record_id"),
            createdAt: try timestamp(row, "created_at"))
    }
}
