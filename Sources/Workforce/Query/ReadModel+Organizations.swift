import LibPQ

extension ReadModel {
    /// An organization; `nil` when it is unknown.
    public func organization(code: String) async throws -> OrganizationAnswer? {
        let rows = try await session.query(
            """
            SELECT \(unsafe: Self.organizationColumns)
            FROM read_model.organizations
            WHERE tenant_id = \(tenantID) AND code = \(code)
            """)
        return try rows.rows.first.map(Self.organization)
    }

    /// The names of organizations by code; none for unknown ones.
    public func organizationNames(_ codes: [String]) async throws -> [String: String] {
        guard !codes.isEmpty else { return [:] }
        let rows = try await session.query(
            "SELECT code, name FROM read_model.organizations WHERE tenant_id = \(tenantID) AND code = ANY(\(codes))")
        return try Dictionary(
            rows.rows.map { try $0.decode((String, String).self) }, uniquingKeysWith: { first, _ in first })
    }

    static let organizationColumns = "code, record_id, name, unit_type, status, effective_date, created_at, updated_at"

    static func organization(_ row: PQRow) throws(PQError) -> OrganizationAnswer {
        OrganizationAnswer(
            code: try row.decode("code"), recordId: try row.decode("record_id"), name: try row.decode("name"),
            unitType: try row.decode("unit_type"), status: CatalogStatus(rawValue: try row.decode("status")),
            effectiveDate: try row.decode("effective_date"), createdAt: try timestamp(row, "created_at"),
            updatedAt: try timestamp(row, "updated_at"))
    }
}
