import OutboxGraphQL

/// The fields that a query begins with.
enum QueryRoot {
    static let graphQL = GraphQLObject<Void, QueryContext>("Query") {
        position
        positions
        assignments
        assignmentHistory
        assignmentStats
        organization
        organizations
        jobLevels
    }

    private typealias Field = GraphQLField<Void, QueryContext>

    private static let positionConnection = Connection("Position", PositionNode.graphQL) { $0.answer.code }
    private static let assignmentConnection = Connection("PositionAssignment", AssignmentAnswer.graphQL) {
        $0.assignmentId.text
    }
    private static let organizationConnection = Connection("Organization", OrganizationAnswer.graphQL) { $0.code }
    private static let jobLevelConnection = Connection("JobLevel", JobLevelAnswer.graphQL) { $0.recordId.text }

    private static let page = GraphQLArgument("pagination", .optional(.object(PageRequest.graphQL)))

    private static var position: Field {
        Field(
            "position", .optional(.object(PositionNode.graphQL)),
            description: "A position; null when it is unknown or deleted.", arguments: GraphQLArgument("code", .string)
        ) { _, context, code in
            try await context.readCached {
                try await $0.position(code: code, tenantID: context.tenantID, isFresh: context.isFresh)
            }.map { PositionNode(answer: $0, organizationName: .unread) }
        }
    }

    private static var positions: Field {
        Field(
            "positions", .object(positionConnection.graphQL), description: "Positions by code.",
            arguments: GraphQLArgument("filter", .optional(.object(FilterInputs.position))), page
        ) { _, context, filter, page in
            try await context.readSnapshot { model in
                let answers = try await model.positions(filter ?? PositionFilter(), page: page ?? .first)
                let names = try await model.organizationNames(Set(answers.nodes.map(\.organizationCode)).sorted())
                return answers.map {
                    PositionNode(answer: $0, organizationName: .known(names[$0.organizationCode]))
                }
            }
        }
    }

    private static var assignments: Field {
        Field(
            "assignments", .object(assignmentConnection.graphQL), description: "Assignments, the newest first.",
            arguments: GraphQLArgument("positionCode", .optional(.string)),
            GraphQLArgument("organizationCode", .optional(.string)),
            GraphQLArgument("filter", .optional(.object(FilterInputs.assignment))), page
        ) { _, context, position, organization, filter, page in
            var filter = filter ?? AssignmentFilter()
            filter.positionCode = position
            filter.organizationCode = organization
            return try await assigned(filter, page, context)
        }
    }

    private static var assignmentHistory: Field {
        Field(
            "assignmentHistory", .object(assignmentConnection.graphQL),
            description: "The assignments that a position has had, the newest first.",
            arguments: GraphQLArgument("positionCode", .string),
            GraphQLArgument("filter", .optional(.object(FilterInputs.assignment))), page
        ) { _, context, position, filter, page in
            var filter = filter ?? AssignmentFilter()
            filter.positionCode = position
            return try await assigned(filter, page, context)
        }
    }

    private static func assigned(
        _ filter: AssignmentFilter, _ page: PageRequest?, _ context: QueryContext
    ) async throws -> Page<AssignmentAnswer> {
        try await context.read { try await $0.assignments(filter, page: page ?? .first) }
    }

    private static var assignmentStats: Field {
        Field(
            "assignmentStats", .optional(.object(AssignmentStatsAnswer.graphQL)),
            description: """
                How many assignments a position has, or all positions of an organization. Null when nothing is known of the \
                position, or it is in another organization than the one that is given.
                """,
            arguments: GraphQLArgument("positionCode", .optional(.string)),
            GraphQLArgument("organizationCode", .optional(.string))
        ) { _, context, position, organization in
            if let position {
                let stats = try await context.readCached {
                    try await $0.assignmentStats(
                        positionCode: position, tenantID: context.tenantID, isFresh: context.isFresh)
                }
                return organization.map { stats?.organizationCode == $0 } ?? true ? stats : nil
            }
            guard let organization else {
                throw GraphQLError(.variables, "assignmentStats needs a positionCode or an organizationCode")
            }
            return try await context.read { try await $0.assignmentStats(organizationCode: organization) }
        }
    }

    private static var organization: Field {
        Field(
            "organization", .optional(.object(OrganizationAnswer.graphQL)),
            description: "An organization; null when it is unknown.", arguments: GraphQLArgument("code", .string)
        ) { _, context, code in
            try await context.read { try await $0.organization(code: code) }
        }
    }

    private static var organizations: Field {
        Field(
            "organizations", .object(organizationConnection.graphQL), description: "Organizations by code.",
            arguments: GraphQLArgument("filter", .optional(.object(FilterInputs.organization))), page
        ) { _, context, filter, page in
            try await context.read { try await $0.organizations(filter ?? OrganizationFilter(), page: page ?? .first) }
        }
    }

    private static var jobLevels: Field {
        Field(
            "jobLevels", .object(jobLevelConnection.graphQL),
            description: "Versions of job levels by code, of each the newest first.",
            arguments: GraphQLArgument("filter", .optional(.object(FilterInputs.jobLevel))), page
        ) { _, context, filter, page in
            try await context.read { try await $0.jobLevels(filter ?? JobLevelFilter(), page: page ?? .first) }
        }
    }
}
