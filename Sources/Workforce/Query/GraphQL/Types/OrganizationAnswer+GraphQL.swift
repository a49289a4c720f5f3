import OutboxGraphQL

extension OrganizationAnswer {
    static let graphQL = GraphQLObject<OrganizationAnswer, QueryContext>("Organization") {
        GraphQLField("code", .string) { $0.code }
        GraphQLField("recordId", .optional(.id)) { $0.recordId?.text }
        GraphQLField("name", .string) { $0.name }
        GraphQLField("unitType", .string) { $0.unitType }
        GraphQLField("status", .string, description: "ACTIVE, INACTIVE or PLANNED.") { $0.status.rawValue }
        GraphQLField("effectiveDate", .date, description: "The first day.") { $0.effectiveDate }
        GraphQLField("createdAt", .optional(.dateTime)) { $0.createdAt }
        GraphQLField("updatedAt", .optional(.dateTime)) { $0.updatedAt }
    }
}
