import OutboxGraphQL

/// A position as the schema has it: with its organization's name, which is not part of the cached answer.
struct PositionNode: Sendable {
    enum OrganizationName: Sendable {
        case known(String?)
        /// Looked up when it is asked for.
        case unread
    }

    let answer: PositionAnswer
    let organizationName: OrganizationName

    func organizationName(_ context: QueryContext) async throws -> String? {
        switch organizationName {
        case .known(let name): name
        case .unread:
            try await context.read { model in
                try await model.organizationNames([answer.organizationCode])[answer.organizationCode]
            }
        }
    }
}

extension PositionNode {
    static let graphQL = GraphQLObject<PositionNode, QueryContext>("Position") {
        GraphQLField("code", .string) { $0.answer.code }
        GraphQLField("recordId", .optional(.id)) { $0.answer.recordId?.text }
        GraphQLField("tenantId", .string) { $0.answer.tenantId }
        GraphQLField("title", .string) { $0.answer.title }
        GraphQLField("status", .string, description: "VACANT, PARTIALLY_FILLED, FILLED or INACTIVE.") {
            $0.answer.status.rawValue
        }
        GraphQLField("organizationCode", .string) { $0.answer.organizationCode }
        GraphQLField("organizationName", .optional(.string)) { node, context in
            try await node.organizationName(context)
        }
        GraphQLField("jobFamilyGroupCode", .string) { $0.answer.jobFamilyGroupCode }
        GraphQLField("jobFamilyCode", .string) { $0.answer.jobFamilyCode }
        GraphQLField("jobRoleCode", .string) { $0.answer.jobRoleCode }
        GraphQLField("jobLevelCode", .string) { $0.answer.jobLevelCode }
        GraphQLField("positionType", .optional(.string)) { $0.answer.positionType }
        GraphQLField("employmentType", .optional(.string)) { $0.answer.employmentType }
        GraphQLField("headcountCapacity", .float, description: "Full-time equivalents, as the two that follow.") {
            $0.answer.headcountCapacity
        }
        GraphQLField("headcountInUse", .float) { $0.answer.headcountInUse }
        GraphQLField("availableHeadcount", .float) { $0.answer.availableHeadcount }
        GraphQLField(
            "currentAssignment", .optional(.object(AssignmentAnswer.graphQL)),
            description: "The newest active one, a primary one before others."
        ) { $0.answer.currentAssignment }
        GraphQLField(
            "assignmentHistory", .list(.object(AssignmentAnswer.graphQL)), description: "All of them, the newest first."
        ) { $0.answer.assignmentHistory }
        GraphQLField("effectiveDate", .optional(.date), description: "The first day.") { $0.answer.effectiveDate }
        GraphQLField("createdAt", .optional(.dateTime)) { $0.answer.createdAt }
        GraphQLField("updatedAt", .optional(.dateTime)) { $0.answer.updatedAt }
    }
}
