import FoundationEssentials
import Outbox
import Servers

/// What the query service answers one tenant, in the form of ``CommandTruth``.
struct QueryAnswers {
    let client: HTTPClient

    init(_ client: HTTPClient) { self.client = client }

    private static let assignment = """
        assignmentId positionCode employeeId employeeName assignmentType assignmentStatus fte effectiveDate endDate \
        isCurrent
        """
    private static let position = """
        code recordId tenantId title status organizationCode organizationName jobFamilyGroupCode jobFamilyCode \
        jobRoleCode jobLevelCode positionType employmentType headcountCapacity headcountInUse availableHeadcount \
        effectiveDate currentAssignment { assignmentId } assignmentHistory { \(assignment) }
        """
    private static let stats = """
        totalAssignments activeAssignments pendingAssignments endedAssignments primaryAssignments \
        secondaryAssignments actingAssignments
        """

    func positions() async throws -> [JSONValue] { try await all("positions", "", Self.position) }

    func position(_ code: String) async throws -> JSONValue {
        try await ask("position", "{ position(code: \"\(code)\") { \(Self.position) } }")
    }

    func assignments() async throws -> [JSONValue] { try await all("assignments", "", Self.assignment) }

    func organizations() async throws -> [JSONValue] {
        try await all("organizations", "", "code recordId name unitType status effectiveDate")
    }

    func jobLevels() async throws -> [JSONValue] {
        try await all("jobLevels", "", "code recordId name jobRoleCode levelRank status effectiveDate")
    }

    /// By organization.
    func statistics() async throws -> [String: JSONValue] {
        var statistics: [String: JSONValue] = [:]
        for organization in try await organizations() {
            let code = organization["code"]?.stringValue ?? ""
            statistics[code] = try await ask(
                "assignmentStats", "{ assignmentStats(organizationCode: \"\(code)\") { \(Self.stats) } }")
        }
        return statistics
    }

    func statistics(position code: String) async throws -> JSONValue {
        try await ask("assignmentStats", "{ assignmentStats(positionCode: \"\(code)\") { \(Self.stats) } }")
    }

    /// A whole list, page by page, each small.
    private func all(_ field: String, _ arguments: String, _ members: String) async throws -> [JSONValue] {
        var all: [JSONValue] = []
        for page in 1...1_000 {
            let answer = try await ask(
                field,
                """
                { \(field)(pagination: {page: \(page), pageSize: 50}) {
                    data { \(members) } totalCount pagination { hasNext } } }
                """)
            guard case .array(let nodes)? = answer["data"] else { break }
            all += nodes
            if answer["pagination"]?["hasNext"] == .bool(false) {
                guard answer["totalCount"] == .integer(Int64(all.count)) else {
                    throw ServerError(.startFailed, "\(field) says \(answer["totalCount"] ?? .null), not \(all.count)")
                }
                return all
            }
        }
        throw ServerError(.startFailed, "\(field) has no end")
    }

    private func ask(_ field: String, _ query: String) async throws -> JSONValue {
        let body = JSONValue.object(["query": .string(query)]).serialized()
        let answer = try await client.send(
            "POST", "/graphql", headers: ["Content-Type": "application/json"], body: body)
        guard answer.status == 200, let data = try JSONValue(parsing: answer.body)["data"]?[field] else {
            throw ServerError(.startFailed, "\(answer.status): \(String(decoding: answer.body, as: UTF8.self))")
        }
        return data
    }
}
