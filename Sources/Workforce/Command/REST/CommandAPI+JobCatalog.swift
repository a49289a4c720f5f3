import FoundationEssentials
import OutboxHTTP

extension CommandAPI {
    /// An entry of the catalog above the levels.
    private struct Entry: Encodable {
        let kind: JobCatalogKind
        let code: String
        let recordId: UUID
        let name: String
        let status: CatalogStatus
        let effectiveDate: CalendarDate
    }

    func addJobCatalogRoutes(to router: inout HTTPRouter) {
        addEntry("/job-family-groups", .familyGroup, to: &router)
        addEntry("/job-families", .family, to: &router)
        addEntry("/job-roles", .role, to: &router)

        add(
            "POST", "/job-levels", to: &router, message: "The job level was created.", status: .created,
            command: { _, body in
                CreateJobLevel(
                    code: body.required("code", .text), name: body.required("name", .text),
                    roleCode: body.required("jobRoleCode", .text), levelRank: body.required("levelRank", .integer),
                    status: body.optional("status", .code) ?? .active,
                    effectiveDate: body.required("effectiveDate", .date))
            },
            answer: { Flattened($1, Coded(code: $0.code)) })

        add(
            "POST", "/job-levels/{code}/versions", to: &router, message: "The job level has a new version.",
            status: .created,
            command: { path, body in
                CreateJobLevelVersion(
                    code: try path.code(of: .jobLevel), name: body.required("name", .text),
                    status: body.optional("status", .code) ?? .active,
                    effectiveDate: body.required("effectiveDate", .date),
                    parentRecordID: body.optional("parentRecordId", .id))
            },
            answer: { Flattened($1, Coded(code: $0.code)) })
    }

    private func addEntry(_ path: String, _ kind: JobCatalogKind, to router: inout HTTPRouter) {
        add(
            "POST", path, to: &router, message: "The \(kind.title) was created.", status: .created,
            command: { _, body in
                CreateJobCatalogEntry(
                    kind: kind, code: body.required("code", .text), name: body.required("name", .text),
                    parentCode: kind.parentField.map { body.required($0, .text) },
                    status: body.optional("status", .code) ?? .active,
                    effectiveDate: body.required("effectiveDate", .date))
            },
            answer: { command, recordID in
                Entry(
                    kind: kind, code: command.code, recordId: recordID, name: command.name, status: command.status,
                    effectiveDate: command.effectiveDate)
            })
    }
}
