import OutboxHTTP

extension CommandAPI {
    func addPositionRoutes(to router: inout HTTPRouter) {
        add(
            "POST", "/positions", to: &router, message: "The position was created.", status: .created,
            command: { _, body in
                CreatePosition(
                    code: body.optional("code", .text), title: body.required("title", .text),
                    organizationCode: body.required("organizationCode", .text),
                    jobFamilyGroupCode: body.required("jobFamilyGroupCode", .text),
                    jobFamilyCode: body.required("jobFamilyCode", .text),
                    jobRoleCode: body.required("jobRoleCode", .text),
                    jobLevelCode: body.required("jobLevelCode", .text),
                    positionType: body.required("positionType", .text),
                    employmentType: body.required("employmentType", .text),
                    headcountCapacity: body.required("headcountCapacity", .number),
                    effectiveDate: body.required("effectiveDate", .date))
            },
            answer: { Flattened($1.position, Coded(code: $1.position.positionCode)) })

        add(
            "PUT", "/positions/{code}", to: &router, message: "The position was changed.",
            command: { path, body in
                UpdatePosition(
                    code: try path.code(of: .position), changes: Self.changes(&body),
                    effectiveDate: body.optional("effectiveDate", .date), isInactive: body.optional("isInactive", .flag)
                )
            },
            answer: { Flattened($1, Coded(code: $0.code)) })

        add(
            "POST", "/positions/{code}/versions", to: &router, message: "The position has a new version.",
            status: .created,
            command: { path, body in
                CreatePositionVersion(
                    code: try path.code(of: .position), changes: Self.changes(&body),
                    effectiveDate: body.required("effectiveDate", .date))
            },
            answer: { Flattened($1, Coded(code: $0.code)) })

        add(
            "POST", "/positions/{code}/transfer", to: &router, message: "The position was transferred.",
            command: { path, body in
                TransferPosition(
                    code: try path.code(of: .position),
                    targetOrganizationCode: body.required("targetOrganizationCode", .text),
                    effectiveDate: body.required("effectiveDate", .date))
            },
            answer: { Flattened($1, Coded(code: $0.code)) })

        add(
            "DELETE", "/positions/{code}", to: &router, message: "The position was deleted.",
            command: { path, _ in DeletePosition(code: try path.code(of: .position)) },
            answer: { Flattened($1, Coded(code: $0.code)) })
    }

    private static func changes(_ body: inout RequestBody) -> PositionChanges {
        PositionChanges(
            title: body.optional("title", .text), organizationCode: body.optional("organizationCode", .text),
            jobFamilyGroupCode: body.optional("jobFamilyGroupCode", .text),
            jobFamilyCode: body.optional("jobFamilyCode", .text), jobRoleCode: body.optional("jobRoleCode", .text),
            jobLevelCode: body.optional("jobLevelCode", .text), positionType: body.optional("positionType", .text),
            employmentType: body.optional("employmentType", .text),
            headcountCapacity: body.optional("headcountCapacity", .number))
    }
}
