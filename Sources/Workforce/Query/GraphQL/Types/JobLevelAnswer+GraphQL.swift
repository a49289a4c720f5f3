import OutboxGraphQL

extension JobLevelAnswer {
    static let graphQL = GraphQLObject<JobLevelAnswer, QueryContext>(
        "JobLevel", description: "A version of a job level."
    ) {
        GraphQLField("code", .string) { $0.code }
        GraphQLField("recordId", .id) { $0.recordId.text }
        GraphQLField("name", .optional(.string)) { $0.name }
        GraphQLField("jobRoleCode", .string) { $0.roleCode }
        GraphQLField("levelRank", .int, description: "A higher one ranks higher.") { $0.levelRank }
        GraphQLField("status", .string, description: "ACTIVE, INACTIVE or PLANNED.") { $0.status.rawValue }
        GraphQLField("effectiveDate", .date, description: "The first day on which this version counts.") {
            $0.effectiveDate
        }
        GraphQLField("createdAt", .optional(.dateTime)) { $0.createdAt }
    }
}
