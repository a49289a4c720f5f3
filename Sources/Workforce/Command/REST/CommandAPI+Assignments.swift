import OutboxHTTP

extension CommandAPI {
    /// What vacating a position ended.
    private struct Vacated: Encodable {
        let code: String
        let assignments: [AssignmentPayload]
    }

    func addAssignmentRoutes(to router: inout HTTPRouter) {
        add(
            "POST", "/positions/{code}/fill", to: &router, message: "The position was filled.",
            command: { path, body in
                FillPosition(
                    positionCode: try path.code(of: .position), employeeID: body.required("employeeId", .text),
                    employeeName: body.required("employeeName", .text),
                    assignmentType: body.required("assignmentType", .code), fte: body.required("fte", .number),
                    effectiveDate: body.required("effectiveDate", .date), endDate: body.optional("endDate", .date),
                    autoRevert: body.optional("autoRevert", .flag) ?? false)
            },
            answer: { AssignmentData($1) })

        add(
            "POST", "/positions/{code}/vacate", to: &router, message: "The position was vacated.",
            command: { path, body in
                VacatePosition(
                    positionCode: try path.code(of: .position), endDate: body.optional("endDate", .date))
            },
            answer: { Vacated(code: $0.positionCode, assignments: $1) })

        add(
            "PATCH", "/positions/{code}/assignments/{id}", to: &router, message: "The assignment was changed.",
            command: { path, body in
                UpdateAssignment(
                    positionCode: try path.code(of: .position), assignmentID: try path.assignmentID(),
                    employeeName: body.optional("employeeName", .text),
                    assignmentType: body.optional("assignmentType", .code), fte: body.optional("fte", .number),
                    endDate: body.optional("endDate", .date), autoRevert: body.optional("autoRevert", .flag),
                    activates: body.optional("activate", .flag) ?? false)
            },
            answer: { AssignmentData($1) })

        add(
            "POST", "/positions/{code}/assignments/{id}/close", to: &router, message: "The assignment was closed.",
            command: { path, body in
                CloseAssignment(
                    positionCode: try path.code(of: .position), assignmentID: try path.assignmentID(),
                    endDate: body.optional("endDate", .date))
            },
            answer: { AssignmentData($1) })
    }
}
