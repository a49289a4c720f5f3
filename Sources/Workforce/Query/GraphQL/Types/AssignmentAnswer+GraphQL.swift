import OutboxGraphQL

extension AssignmentAnswer {
    static let graphQL = GraphQLObject<AssignmentAnswer, QueryContext>(
        "PositionAssignment", description: "How a person holds, held or will hold a position."
    ) {
        GraphQLField("assignmentId", .id) { $0.assignmentId.text }
        GraphQLField("positionCode", .string) { $0.positionCode }
        GraphQLField("employeeId", .string) { $0.employeeId }
        GraphQLField("employeeName", .string) { $0.employeeName }
        GraphQLField("assignmentType", .string, description: "PRIMARY, SECONDARY or ACTING.") {
            $0.assignmentType.rawValue
        }
        GraphQLField("assignmentStatus", .string, description: "PENDING, ACTIVE or ENDED.") {
            $0.assignmentStatus.rawValue
        }
        GraphQLField("fte", .float, description: "Full-time equivalents.") { $0.fte }
        GraphQLField("effectiveDate", .date, description: "The first day.") { $0.effectiveDate }
        GraphQLField("endDate", .optional(.date), description: "The last day; null while it is open.") { $0.endDate }
        GraphQLField("isCurrent", .boolean, description: "Whether it counts as head count in use.") { $0.isCurrent }
        GraphQLField("createdAt", .optional(.dateTime)) { $0.createdAt }
        GraphQLField("updatedAt", .optional(.dateTime)) { $0.updatedAt }
    }
}
