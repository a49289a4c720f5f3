import LibPQ
import Outbox

/// Creates an organization; writes `organization.created`.
public struct CreateOrganization: Command {
    public var code: String
    public var name: String
    public var unitType: String
    public var status: CatalogStatus
    public var effectiveDate: CalendarDate

    /// - Parameter unitType: capital letters, digits and `_`, e.g. `DEPARTMENT`.
    public init(
        code: String, name: String, unitType: String = "DEPARTMENT", status: CatalogStatus = .active,
        effectiveDate: CalendarDate
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
        check.text(name, "name")
        check.unitType(unitType)
        check.known(status, "status")
        try check.finish()
    }

    public func run(in unit: CommandUnit) async throws -> OrganizationPayload {
        unit.concerns(.organization, code)
        let recordID = UUIDv7.next()
        let inserted = try await unit.transaction.execute(
            """
            INSERT INTO organizations (tenant_id, code, record_id, name, unit_type, status, effective_date)
            VALUES (\(unit.tenantID), \(code), \(recordID), \(name), \(unitType), \(status.rawValue),
                \(effectiveDate))
            ON CONFLICT (tenant_id, code) DO NOTHING
            """)
        guard inserted == 1 else { throw Rules.codeTaken("organization", code) }
        let organization = OrganizationPayload(
            organizationCode: code, name: name, unitType: unitType, status: status, effectiveDate: effectiveDate,
            recordId: recordID)
        unit.record(.organizationCreated(organization))
        return organization
    }
}

extension InputCheck {
    mutating func unitType(_ value: String) {
        code(value, "unitType")
        require(
            value.utf8.first.map { (0x41...0x5A).contains($0) } ?? false && !value.utf8.contains(UInt8(ascii: "-")),
            "unitType", "must begin with a letter and have no hyphens")
    }
}
