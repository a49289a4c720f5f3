import OutboxHTTP

extension CommandAPI {
    func addOrganizationRoutes(to router: inout HTTPRouter) {
        add(
            "POST", "/organization-units", to: &router, message: "The organization was created.", status: .created,
            command: { _, body in
                CreateOrganization(
                    code: body.required("code", .text), name: body.required("name", .text),
                    unitType: body.required("unitType", .text), status: body.optional("status", .code) ?? .active,
                    effectiveDate: body.required("effectiveDate", .date))
            },
            answer: { Flattened($1, Coded(code: $0.code)) })

        add(
            "PUT", "/organization-units/{code}", to: &router, message: "The organization was changed.",
            command: { path, body in
                UpdateOrganization(
                    code: try path.code(of: .organization), name: body.optional("name", .text),
                    unitType: body.optional("unitType", .text), status: body.optional("status", .code),
                    effectiveDate: body.optional("effectiveDate", .date))
            },
            answer: { Flattened($1, Coded(code: $0.code)) })
    }
}
