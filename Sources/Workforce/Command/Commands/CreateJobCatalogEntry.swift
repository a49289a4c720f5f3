public import FoundationEssentials
import LibPQ
import Outbox

/// Creates a job family group, a family in one, or a role in a family. The contract has no events for these.
public struct CreateJobCatalogEntry: Command {
    public var kind: JobCatalogKind
    public var code: String
    public var name: String
    public var parentCode: String?
    public var status: CatalogStatus
    public var effectiveDate: CalendarDate

    /// - Parameter parentCode: the group of a family, the family of a role.
    public init(
        kind: JobCatalogKind, code: String, name: String, parentCode: String? = nil, status: CatalogStatus = .active,
        effectiveDate: CalendarDate
    ) {
        self.kind = kind
        self.code = code
        self.name = name
        self.parentCode = parentCode
        self.status = status
        self.effectiveDate = effectiveDate
    }

    public func validate() throws(CommandError) {
        var check = InputCheck()
        check.code(code, "code")
        check.text(name, "name")
        if let field = kind.parentField {
            check.code(parentCode ?? "", field)
        } else {
            check.require(parentCode == nil, "parentCode", "must be left out for a \(kind.title)")
        }
        check.known(status, "status")
        try check.finish()
    }

    /// - Returns: the entry's record id.
    public func run(in unit: CommandUnit) async throws -> UUID {
        unit.concerns(catalog: kind, code)
        if let parent = kind.parent, let field = kind.parentField, let parentCode {
            let found = try await unit.transaction.query(
                """
                SELECT FROM job_catalog
                WHERE tenant_id = \(unit.tenantID) AND kind = \(parent.rawValue) AND code = \(parentCode)
                FOR KEY SHARE
                """)
            guard found.rowCount == 1 else {
                throw CommandError(.rejected, Rules.unknownReference(field, parentCode))
            }
        }
        let recordID = UUIDv7.next()
        let inserted = try await unit.transaction.execute(
            """
            INSERT INTO job_catalog (tenant_id, kind, code, record_id, parent_code, name, status, effective_date)
            VALUES (\(unit.tenantID), \(kind.rawValue), \(code), \(recordID), \(parentCode), \(name),
                \(status.rawValue), \(effectiveDate))
            ON CONFLICT (tenant_id, kind, code) DO NOTHING
            """)
        guard inserted == 1 else { throw Rules.codeTaken(kind.title, code) }
        return recordID
    }
}
