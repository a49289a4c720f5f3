import LibPQ

/// Changes an organization; writes `organization.updated`. What is `nil` stays as it is.
public struct UpdateOrganization: Command {
    public var code: String
    public var name: String?
    public var unitType: String?
    public var status: CatalogStatus?
    public var effectiveDate: CalendarDate?

    public init(
        code: String, name: String? = nil, unitType: String? = nil, status: CatalogStatus? = nil,
        effectiveDate: CalendarDate? = nil
    ) {
        self.code = code
        self.name = name
        self.unitType = unitType
        self.status = status
        self.effectiveDate = effectiveDate
    }

    public func validate() throws(CommandError) {
        var check = InputCheck()
        check.code(code, "code")
        if let name { check.text(name, "name") }
        if let unitType { check.unitType(unitType) }
        if let status { check.known(status, "status") }
        try check.finish()
    }

    public func run(in unit: CommandUnit) async throws -> OrganizationPayload {
        unit.concerns(.organization, code)
        let rows = try await unit.transaction.query(
            """
            UPDATE organizations
            SET name = coalesce(\(name), name), unit_type = coalesce(\(unitType), unit_type),
                status = coalesce(\(status?.rawValue), status),
                effective_date = coalesce(\(effectiveDate), effective_date), updated_at = now()
            WHERE tenant_id = \(unit.tenantID) AND code = \(code)
            RETURNING name, unit_type, status, effective_date, record_id
            """)
        guard let row = rows.rows.first else { throw Rules.notFound(.organization, code, field: "code") }
        let organization = OrganizationPayload(
            organizationCode: code, name: try row.decode("name"), unitType: try row.decode("unit_type"),
            status: CatalogStatus(rawValue: try row.decode("status")), effectiveDate: try row.decode("effective_date"),
            recordId: try row.decode("record_id"))
        unit.record(.organizationUpdated(organization))
        return organization
    }
}
