import FoundationEssentials
import LibPQ
import Outbox
import OutboxHTTP
import Testing
import Workforce

@Suite("The query service's schema")
struct QueryAPITests {
    private static let assignment = """
        assignmentId positionCode employeeId employeeName assignmentType assignmentStatus fte effectiveDate endDate \
        isCurrent createdAt updatedAt
        """
    private static let position = """
        code recordId tenantId title status organizationCode organizationName jobFamilyGroupCode jobFamilyCode \
        jobRoleCode jobLevelCode positionType employmentType headcountCapacity headcountInUse availableHeadcount \
        currentAssignment { \(assignment) } assignmentHistory { \(assignment) } effectiveDate createdAt updatedAt
        """
    private static let page = "pagination { total page pageSize hasNext hasPrevious } totalCount"

    /// P1 with an active assignment and an ended one, P2 with nobody; the assignments, the active one first.
    private func withPositions(
        _ body: (_ query: QueryWorld, _ assignments: [AssignmentPayload]) async throws -> Void
    ) async throws {
        try await QueryWorld.run { query in
            let world = query.world
            try await world.catalog.create(with: world.service, context: world.context())
            try await world.catalog.create(with: world.service, context: world.context("globex"))
            try await world.execute(world.catalog.position(code: "P1", title: "Engineer", headcountCapacity: 1.5))
            try await world.execute(world.catalog.position(code: "P2", title: "Nobody yet"))
            let first = try await world.execute(world.fill("P1")).outcome
            let ended = try await world.execute(
                CloseAssignment(positionCode: "P1", assignmentID: first.assignmentId)
            ).outcome
            let active = try await world.execute(world.fill("P1", fte: 0.7)).outcome
            try await query.catchUp()
            try await body(query, [active, ended])
        }
    }

    @Test("a position has every field, its organization's name and its assignments")
    func position() async throws {
        try await withPositions { query, assignments async throws in
            let answer = try await query.data("{ position(code: \"P1\") { \(Self.position) } }")
            let position = try #require(answer["position"])
            let moment = JSONValue.string("2026-03-01T12:00:00.000000Z")
            let active = JSONValue.object([
                "assignmentId": .string(assignments[0].aggregateID), "positionCode": "P1", "employeeId": "E1",
                "employeeName": "Ada Lovelace", "assignmentType": "PRIMARY", "assignmentStatus": "ACTIVE",
                "fte": .number(0.7), "effectiveDate": "2026-03-01", "endDate": .null, "isCurrent": .bool(true),
                "createdAt": moment, "updatedAt": moment,
            ])
            #expect(position["currentAssignment"] == active)
            guard case .array(let history)? = position["assignmentHistory"] else {
                Issue.record("no history")
                return
            }
            #expect(history.count == 2)
            #expect(history.first == active)
            #expect(history.last?["assignmentId"] == .string(assignments[1].aggregateID))
            #expect(history.last?["endDate"] == "2026-03-01")
            #expect(history.last?["isCurrent"] == .bool(false))
            let plain: [String: JSONValue] = [
                "code": "P1", "tenantId": "acme", "title": "Engineer", "status": "PARTIALLY_FILLED",
                "organizationCode": "1000001", "organizationName": "Platform Engineering",
                "jobFamilyGroupCode": "TECH", "jobFamilyCode": "TECH-SW", "jobRoleCode": "SWE", "jobLevelCode": "S3",
                "positionType": "REGULAR", "employmentType": "FULL_TIME", "headcountCapacity": .number(1.5),
                "headcountInUse": .number(0.7), "availableHeadcount": .number(0.8), "effectiveDate": "2026-03-01",
                "createdAt": moment, "updatedAt": moment,
            ]
            for (name, value) in plain { #expect(position[name] == value, "\(name)") }
            let id = try #require(position["recordId"]?.stringValue)
            #expect(UUID(uuidString: id) != nil && id == id.lowercased())
            #expect(try await query.data("{ position(code: \"P9\") { code } }") == .object(["position": .null]))
        }
    }

    @Test("lists are pages, once plain and once with cursors, and take filters")
    func lists() async throws {
        try await withPositions { query, assignments async throws in
            let positions = try await query.data(
                """
                { positions(pagination: {pageSize: 1, page: 2}) {
                    data { code organizationName } edges { cursor node { code } } \(Self.page) } }
                """)
            #expect(
                positions["positions"]
                    == .object([
                        "data": [["code": "P2", "organizationName": "Platform Engineering"]],
                        "edges": [["cursor": "P2", "node": ["code": "P2"]]],
                        "pagination": [
                            "total": 2, "page": 2, "pageSize": 1, "hasNext": .bool(false), "hasPrevious": .bool(true),
                        ], "totalCount": 2,
                    ]))
            let some = try await query.data(
                """
                { vacant: positions(filter: {status: [VACANT]}) { data { code } }
                  one: positions(filter: {status: VACANT, codes: ["P1"]}) { data { code } totalCount }
                  ended: assignments(positionCode: "P1", filter: {status: [ENDED]}) { data { assignmentId } }
                  all: assignments(organizationCode: "1000001") { edges { cursor } }
                  history: assignmentHistory(positionCode: "P1") { totalCount }
                  units: organizations(filter: {nameContains: "plat"}) { data { code recordId unitType name status } }
                  none: organizations(filter: {unitType: "TEAM"}) { totalCount }
                  unit: organization(code: "1000001") { name effectiveDate createdAt updatedAt }
                  levels: jobLevels(filter: {asOfDate: "2026-03-01"}) {
                    data { code name jobRoleCode levelRank status effectiveDate } } }
                """)
            #expect(some["vacant"] == ["data": [["code": "P2"]]])
            #expect(some["one"] == ["data": [], "totalCount": 0])
            #expect(some["ended"] == ["data": [["assignmentId": .string(assignments[1].aggregateID)]]])
            #expect(some["all"] == ["edges": .array(assignments.map { ["cursor": .string($0.aggregateID)] })])
            #expect(some["history"] == ["totalCount": 2])
            #expect(some["none"] == ["totalCount": 0])
            #expect(some["unit"]?["name"] == "Platform Engineering")
            #expect(
                some["levels"] == [
                    "data": [
                        [
                            "code": "S3", "name": "Senior", "jobRoleCode": "SWE", "levelRank": 3, "status": "ACTIVE",
                            "effectiveDate": "2026-03-01",
                        ]
                    ]
                ])
        }
    }

    @Test("statistics are a position's or an organization's")
    func statistics() async throws {
        try await withPositions { query, _ async throws in
            let members = """
                { positionCode organizationCode totalAssignments activeAssignments pendingAssignments endedAssignments \
                primaryAssignments secondaryAssignments actingAssignments lastUpdatedAt }
                """
            let stats = try await query.data(
                """
                { position: assignmentStats(positionCode: "P1") \(members)
                  organization: assignmentStats(organizationCode: "1000001") \(members)
                  both: assignmentStats(positionCode: "P1", organizationCode: "1000001") { totalAssignments }
                  elsewhere: assignmentStats(positionCode: "P1", organizationCode: "1000002") { totalAssignments }
                  unknown: assignmentStats(positionCode: "P9") { totalAssignments } }
                """)
            let numbers: [String: JSONValue] = [
                "organizationCode": "1000001", "totalAssignments": 2, "activeAssignments": 1, "pendingAssignments": 0,
                "endedAssignments": 1, "primaryAssignments": 2, "secondaryAssignments": 0, "actingAssignments": 0,
                "lastUpdatedAt": "2026-03-01T12:00:00.000000Z",
            ]
            #expect(stats["position"] == .object(numbers.merging(["positionCode": "P1"]) { $1 }))
            #expect(stats["organization"] == .object(numbers.merging(["positionCode": .null]) { $1 }))
            #expect(stats["both"] == ["totalAssignments": 2])
            #expect(stats["elsewhere"] == .null)
            #expect(stats["unknown"] == .null)
            let (status, answer) = try await query.ask("{ assignmentStats { totalAssignments } }")
            #expect(status == .ok)
            #expect(answer["data"] == ["assignmentStats": .null])
            #expect(Self.codes(answer) == ["BAD_USER_INPUT"])
        }
    }

    @Test("another tenant sees none of it, field by field")
    func tenants() async throws {
        try await withPositions { query, _ async throws in
            let answer = try await query.data(
                """
                { position(code: "P1") { title } positions { totalCount data { title } }
                  assignments(positionCode: "P1") { totalCount } assignmentHistory(positionCode: "P1") { totalCount }
                  stats: assignmentStats(positionCode: "P1") { totalAssignments }
                  unit: assignmentStats(organizationCode: "1000001") { totalAssignments }
                  organization(code: "1000001") { name } organizations { totalCount } jobLevels { totalCount } }
                """, tenant: "globex")
            #expect(
                answer == [
                    "position": .null, "positions": ["totalCount": 0, "data": []], "assignments": ["totalCount": 0],
                    "assignmentHistory": ["totalCount": 0], "stats": .null, "unit": ["totalAssignments": 0],
                    "organization": ["name": "Platform Engineering"], "organizations": ["totalCount": 1],
                    "jobLevels": ["totalCount": 1],
                ])
        }
    }

    @Test(
        "what can't be asked for is refused as a whole, and says why",
        arguments: [
            ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"), ("{ position { code } }", "GRAPHQL_VALIDATION_FAILED"),
            ("{ position(code: \"P1\") }", "GRAPHQL_VALIDATION_FAILED"),
            ("{ positions(filter: {status: [DELETED]}) { totalCount } }", "GRAPHQL_VALIDATION_FAILED"),
            ("{ jobLevels(filter: {asOfDate: \"2026-02-30\"}) { totalCount } }", "GRAPHQL_VALIDATION_FAILED"),
            ("mutation { position(code: \"P1\") { code } }", "OPERATION_RESOLUTION_FAILURE"),
            ("{ position(code: \"P1\") { code }", "GRAPHQL_PARSE_FAILED"), ("", "GRAPHQL_PARSE_FAILED"),
        ])
    func refused(document: String, code: String) async throws {
        try await QueryWorld.run { query async throws in
            let (status, answer) = try await query.ask(document)
            #expect(status == .badRequest)
            #expect(answer["data"] == nil)
            #expect(Self.codes(answer).first == code, "\(answer)")
        }
    }

    @Test(
        "a page outside the bounds is an error of its field",
        arguments: [
            "page: 0", "page: -1", "page: 1000001", "pageSize: 0", "pageSize: 201", "pageSize: -5",
        ])
    func pageBounds(page: String) async throws {
        try await QueryWorld.run { query async throws in
            let (_, answer) = try await query.ask("{ positions(pagination: {\(page)}) { totalCount } }")
            #expect(Self.codes(answer) == ["BAD_USER_INPUT"], "\(answer)")
        }
    }

    @Test("without its database the service says that it may answer later")
    func outage() async throws {
        try await QueryWorld.run { query async throws in
            await query.world.pool.close()
            let (status, answer) = try await query.ask("{ positions { totalCount } }")
            #expect(status == .serviceUnavailable)
            #expect(Self.codes(answer) == ["UNAVAILABLE"])
            let some = try await query.ask("{ __typename position(code: \"P1\") { code } }")
            #expect(some.0 == .ok)
            #expect(some.1["data"] == ["__typename": "Query", "position": nil])
            #expect(Self.codes(some.1) == ["UNAVAILABLE"])
        }
    }

    @Test("a request that is no GraphQL over HTTP gets a 4xx")
    func transport() async throws {
        try await QueryWorld.run { query async throws in
            let json: HTTPHeaders = ["Content-Type": "application/json"]
            func status(_ headers: HTTPHeaders, _ body: String) async throws -> HTTPStatus {
                try await query.respond("POST", "/graphql", headers: headers, body: Array(body.utf8)).status
            }
            for body in ["", "{", "[]", "null", "{}", #"{"query": 1}"#, #"{"query": "{a}", "variables": []}"#] {
                #expect(try await status(json, body) == .badRequest, "\(body)")
            }
            let good = #"{"query": "{ positions { totalCount } }"}"#
            #expect(try await status(json, good) == .ok)
            #expect(try await status(["Content-Type": "Application/JSON; charset=utf-8"], good) == .ok)
            #expect(try await status(["Content-Type": "text/plain"], good) == .unsupportedMediaType)
            #expect(try await status([:], good) == .unsupportedMediaType)
            #expect(try await query.respond("GET", "/graphql").status == .methodNotAllowed)
            let broken = [UInt8](good.utf8).map { $0 == UInt8(ascii: "C") ? 0xFF : $0 }
            #expect(
                try await query.respond("POST", "/graphql", headers: json, body: broken).status == .badRequest)
            var accepting = json
            accepting["Accept"] = "application/graphql-response+json, application/json;q=0.9"
            let answer = try await query.respond("POST", "/graphql", headers: accepting, body: Array(good.utf8))
            #expect(answer.headers["Content-Type"] == "application/graphql-response+json; charset=utf-8")
            // Without access control around it, nothing is answered.
            #expect(
                try await query.respond("POST", "/graphql", headers: json, body: Array(good.utf8), tenant: nil).status
                    != .ok)
        }
    }

    @Test("the page to try queries loads nothing from elsewhere and says so to the browser")
    func page() async throws {
        try await QueryWorld.run { query async throws in
            let answer = try await query.respond("GET", "/", tenant: nil)
            #expect(answer.status == .ok)
            let policy = try #require(answer.headers["Content-Security-Policy"])
            let nonce = try #require(policy.firstMatch(of: /'nonce-([0-9a-f-]+)'/)).output.1
            #expect(policy.hasPrefix("default-src 'none';"))
            let page = String(decoding: answer.bytes, as: UTF8.self)
            #expect(page.contains("<script nonce=\"\(nonce)\">"))
            #expect(!page.contains("{nonce}") && !page.contains("http://") && !page.contains("https://"))
            #expect(try await query.respond("GET", "/", tenant: nil).headers["Content-Security-Policy"] != policy)
        }
    }

    static func codes(_ answer: JSONValue) -> [String] {
        guard case .array(let errors)? = answer["errors"] else { return [] }
        return errors.compactMap { $0["extensions"]?["code"]?.stringValue }
    }
}
