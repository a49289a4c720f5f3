import OutboxGraphQL

extension AssignmentStatsAnswer {
    static let graphQL = GraphQLObject<AssignmentStatsAnswer, QueryContext>(
        "AssignmentStats", description: "How many assignments there are, of a position or an organization."
    ) {
        GraphQLField("positionCode", .optional(.string), description: "Null for an organization's.") { $0.positionCode }
        GraphQLField("organizationCode", .optional(.string)) { $0.organizationCode }
        GraphQLField("totalAssignments", .int) { $0.totalAssignments }
        GraphQLField("activeAssignments", .int) { $0.activeAssignments }
        GraphQLField("pendingAssignments", .int) { $0.pendingAssignments }
        GraphQLField("endedAssignments", .int) { $0.endedAssignments }
        GraphQLField("primaryAssignments", .int) { $0.primaryAssignments }
        GraphQLField("secondaryAssignments", .int) { $0.secondaryAssignments }
        GraphQLField("actingAssignments", .int) { $0.actingAssignments }
        GraphQLField("lastUpdatedAt", .optional(.dateTime)) { $0.lastUpdatedAt }
    }
}
