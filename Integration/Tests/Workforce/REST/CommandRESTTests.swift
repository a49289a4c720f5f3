import FoundationEssentials
import IdempotentConsumer
import LibPQ
import Outbox
import OutboxHTTP
import Testing
import Workforce

@Suite("The commands over REST")
struct CommandRESTTests {
    private static let day: JSONValue = "2026-01-01"

    /// A position's body in the catalog that ``prepare(_:)`` makes.
    private func position(_ changes: [String: JSONValue] = [:]) -> JSONValue {
        let members: [String: JSONValue] = [
            "title": "Engineer", "organizationCode": "1000001", "jobFamilyGroupCode": "TECH",
            "jobFamilyCode": "TECH-SW", "jobRoleCode": "SWE", "jobLevelCode": "S3", "positionType": "REGULAR",
            "employmentType": "FULL_TIME", "headcountCapacity": 1, "effectiveDate": Self.day,
            "operationReason": "growth",
        ]
        return .object(members.merging(changes) { $1 })
    }

    private let fill: JSONValue = [
        "employeeId": "E42", "employeeName": "Ada Lovelace", "assignmentType": "PRIMARY", "fte": 1,
        "effectiveDate": "2026-01-01", "operationReason": "hired",
    ]

    /// Creates an organization and the job catalog, over REST.
    private func prepare(_ rest: CommandRESTWorld) async throws {
        let bodies: [(String, JSONValue)] = [
            (
                "/organization-units",
                [
                    "code": "1000001", "name": "Platform", "unitType": "DEPARTMENT", "effectiveDate": Self.day,
                    "operationReason": "founded",
                ]
            ),
            (
                "/job-family-groups",
                ["code": "TECH", "name": "Technology", "status": "ACTIVE", "effectiveDate": Self.day]
            ),
            (
                "/job-families",
                [
                    "code": "TECH-SW", "name": "Software", "status": "ACTIVE", "effectiveDate": Self.day,
                    "jobFamilyGroupCode": "TECH",
                ]
            ),
            (
                "/job-roles",
                [
                    "code": "SWE", "name": "Software engineer", "status": "ACTIVE", "effectiveDate": Self.day,
                    "jobFamilyCode": "TECH-SW",
                ]
            ),
            (
                "/job-levels",
                [
                    "code": "S3", "name": "Senior", "status": "ACTIVE", "effectiveDate": Self.day,
                    "jobRoleCode": "SWE", "levelRank": 3,
                ]
            ),
        ]
        for (path, body) in bodies {
            let reply = try await rest.send("POST", path, body)
            try #require(reply.status == 201, "\(path): \(reply.json)")
            #expect(reply.data["recordId"]?.stringValue.flatMap(UUID.init) != nil, "\(path)")
            #expect(reply.data["code"] == body["code"])
        }
    }

    @Test("a position's life: created, changed, versioned, transferred, filled, closed, deleted")
    func life() async throws {
        try await CommandRESTWorld.run { rest in
            try await prepare(rest)
            let created = try await rest.send("POST", "/positions", position())
            #expect(created.status == 201)
            let code = try #require(created.data["code"]?.stringValue)
            #expect(code.wholeMatch(of: /P[0-9]{7}/) != nil)
            let firstRecord = try #require(created.data["recordId"]?.stringValue)
            #expect(created.eventTypes == ["position.created"])

            let changed = try await rest.send("PUT", "/positions/\(code)", ["title": "Engineer II"])
            #expect(changed.status == 200)
            #expect(changed.data["title"] == "Engineer II")
            #expect(changed.data["recordId"]?.stringValue == firstRecord)

            let versioned = try await rest.send(
                "POST", "/positions/\(code)/versions",
                ["title": "Senior Engineer", "effectiveDate": "2026-02-01", "operationReason": "grown"])
            #expect(versioned.status == 201)
            #expect(versioned.data["effectiveDate"] == "2026-02-01")
            #expect(versioned.data["employmentType"] == "FULL_TIME")
            #expect(versioned.data["recordId"]?.stringValue != firstRecord)
            #expect(versioned.eventTypes == ["position.updated"])

            let other: JSONValue = [
                "code": "1000002", "name": "Sales", "unitType": "DEPARTMENT", "effectiveDate": Self.day,
            ]
            #expect(try await rest.send("POST", "/organization-units", other).status == 201)
            let transferred = try await rest.send(
                "POST", "/positions/\(code)/transfer",
                ["targetOrganizationCode": "1000002", "effectiveDate": "2026-02-15", "operationReason": "moved"])
            #expect(transferred.status == 200)
            #expect(transferred.data["organizationCode"] == "1000002")
            #expect(transferred.data["title"] == "Senior Engineer")

            let filled = try await rest.send("POST", "/positions/\(code)/fill", fill)
            #expect(filled.status == 200)
            #expect(filled.eventTypes == ["assignment.filled", "position.updated"])
            let id = try #require(filled.data["assignmentId"]?.stringValue)
            #expect(filled.data["currentAssignment"]?["assignmentId"]?.stringValue == id)
            #expect(filled.data["currentAssignment"]?["employeeName"] == "Ada Lovelace")
            #expect(filled.data["currentAssignment"]?["isCurrent"] == true)
            #expect(filled.data["headcountInUse"] == 1)

            let patched = try await rest.send(
                "PATCH", "/positions/\(code)/assignments/\(id)", ["employeeName": "Ada King", "fte": 0.5])
            #expect(patched.status == 200)
            #expect(patched.data["positionStatus"] == "PARTIALLY_FILLED")

            let closed = try await rest.send(
                "POST", "/positions/\(code)/assignments/\(id)/close",
                ["operationReason": "left", "endDate": "2026-02-20"])
            #expect(closed.status == 200)
            #expect(closed.data["assignmentStatus"] == "ENDED")
            #expect(closed.data["currentAssignment"] == .null)
            #expect(closed.data["headcountInUse"] == 0)

            let deleted = try await rest.send("DELETE", "/positions/\(code)")
            #expect(deleted.status == 200)
            #expect(deleted.data["status"] == "DELETED")

            // What each answer says of its events is what stands in the outbox.
            let replies = [created, changed, versioned, transferred, filled, patched, closed, deleted]
            let told = replies.flatMap { $0.data["events"]?.elements ?? [] }.compactMap { $0["sequence"] }
            let written = try await rest.world.received().suffix(told.count + 1)
            let ofPosition = written.filter { $0.eventType != "organization.created" }.map {
                JSONValue.integer($0.sequence)
            }
            #expect(told == ofPosition)
            #expect(
                filled.headers["X-Min-Sequence"].map { $0.split(separator: ",").map(String.init) }
                    == filled.data["events"]?.elements.reversed().map { event in
                        "\(event["aggregateId"]?.stringValue ?? "")=\(sequence(event))"
                    })
            for reply in replies {
                #expect(reply.sequence == reply.data["events"]?.elements.last?["sequence"])
                #expect(reply.sequence != nil)
            }
            #expect(
                try await rest.world.text(
                    """
                    SELECT string_agg(concat_ws(':', operation, actor, reason), ' ' ORDER BY id) FROM command_audit
                    WHERE aggregate_type IN ('position', 'assignment')
                    """)
                    == "CreatePosition:ada:growth UpdatePosition:ada CreatePositionVersion:ada:grown "
                    + "TransferPosition:ada:moved FillPosition:ada:hired UpdateAssignment:ada "
                    + "CloseAssignment:ada:left DeletePosition:ada")
        }
    }

    @Test("an organization is changed")
    func organization() async throws {
        try await CommandRESTWorld.run { rest in
            try await prepare(rest)
            let reply = try await rest.send(
                "PUT", "/organization-units/1000001",
                ["name": "Platform & 基础设施", "operationReason": "renamed", "status": "INACTIVE"])
            #expect(reply.status == 200)
            #expect(reply.data["name"] == "Platform & 基础设施")
            #expect(reply.data["status"] == "INACTIVE")
            #expect(reply.eventTypes == ["organization.updated"])
            #expect(try await rest.send("PUT", "/organization-units/1000009", ["name": "x"]).status == 404)
        }
    }

    @Test("vacating ends all assignments, the pending ones too")
    func vacate() async throws {
        try await CommandRESTWorld.run { rest in
            try await prepare(rest)
            let body = position(["code": "P1", "headcountCapacity": 2.5])
            #expect(try await rest.send("POST", "/positions", body).status == 201)
            for day: JSONValue in ["2026-01-01", "2026-12-01"] {
                var members: [String: JSONValue] = ["employeeId": "E1", "employeeName": "Ada", "fte": 0.5]
                (members["assignmentType"], members["effectiveDate"]) = ("SECONDARY", day)
                let filled = try await rest.send("POST", "/positions/P1/fill", .object(members))
                #expect(filled.data["assignmentStatus"] == (day == "2026-01-01" ? "ACTIVE" : "PENDING"))
            }
            let vacated = try await rest.send("POST", "/positions/P1/vacate", ["operationReason": "closed down"])
            #expect(vacated.status == 200)
            #expect(vacated.eventTypes == ["assignment.vacated", "assignment.vacated", "position.updated"])
            #expect(
                vacated.data["assignments"]?.elements.map { $0["assignmentStatus"] } == ["ENDED", "ENDED"])
        }
    }

    @Test("refusals name their code, rule and severity, and change nothing")
    func refusals() async throws {
        try await CommandRESTWorld.run { rest in
            try await prepare(rest)
            #expect(try await rest.send("POST", "/positions", position(["code": "P1"])).status == 201)
            let filled = try await rest.send("POST", "/positions/P1/fill", fill)
            let assignment = "/positions/P1/assignments/\(filled.data["assignmentId"]?.stringValue ?? "")"

            let over = try await refusal(rest, "POST", "/positions/P1/fill", fill)
            #expect([over.code, over.rule, over.severity] == ["POS_HEADCOUNT_EXCEEDED", "POS-HEADCOUNT", "HIGH"])

            #expect(try await rest.send("POST", "\(assignment)/close", ["operationReason": "left"]).status == 200)
            let again = try await refusal(rest, "POST", "\(assignment)/close", ["operationReason": "left"])
            #expect([again.code, again.rule, again.severity] == ["ASSIGN_INVALID_STATE", "ASSIGN-STATE", "CRITICAL"])

            let vacant = try await refusal(rest, "POST", "/positions/P1/vacate", ["operationReason": "empty"])
            #expect(vacant.code == "POS_INVALID_STATE")

            let taken = try await refusal(rest, "POST", "/positions", position(["code": "P1"]))
            #expect([taken.code, taken.rule] == ["CODE_TAKEN", "UNIQUE-CODE"])

            let early = try await refusal(
                rest, "POST", "/positions/P1/versions", ["title": "x", "effectiveDate": Self.day])
            #expect([early.code, early.rule, early.severity] == ["POS_VERSION_CONFLICT", "POS-TEMPORAL", "HIGH"])
            #expect(early.fields == ["effectiveDate"])

            let nowhere = try await refusal(
                rest, "POST", "/positions/P1/transfer",
                ["targetOrganizationCode": "NONE", "effectiveDate": "2026-02-01"])
            #expect(nowhere.code == "UNKNOWN_REFERENCE")
            #expect(nowhere.fields == ["targetOrganizationCode"])

            let orphan = try await refusal(
                rest, "POST", "/job-families",
                ["code": "X", "name": "x", "effectiveDate": Self.day, "jobFamilyGroupCode": "NONE"])
            #expect(orphan.fields == ["jobFamilyGroupCode"])
        }
    }

    @Test("a job level's second version from a day is refused, and an event of its own tells of it")
    func versionConflict() async throws {
        try await CommandRESTWorld.run { rest in
            try await prepare(rest)
            let version: JSONValue = ["name": "Senior II", "status": "ACTIVE", "effectiveDate": "2026-07-01"]
            let first = try await rest.send("POST", "/job-levels/S3/versions", version)
            #expect(first.status == 201)
            #expect(first.data["recordId"]?.stringValue != nil)
            let count = try await rest.world.received().count
            let second = try await rest.send(
                "POST", "/job-levels/S3/versions", version, headers: ["X-Request-Id": "conflict-1"])
            #expect(second.status == 400)
            #expect(
                [second.code, second.rule, second.severity] == ["JOB_CATALOG_TEMPORAL_CONFLICT", "JC-TEMPORAL", "HIGH"])
            let events = try await rest.world.received()
            #expect(events.count == count + 1)
            #expect(events.last?.eventType == "jobLevel.versionConflict")
            let payload = try JSONValue(parsing: try #require(events.last?.payload))
            #expect(payload["requestId"] == "conflict-1")
            let parent = try #require(first.data["recordId"])
            let next = try await rest.send(
                "POST", "/job-levels/S3/versions",
                ["name": "III", "effectiveDate": "2026-08-01", "parentRecordId": parent])
            #expect(next.status == 201)
        }
    }

    @Test(
        "what does not exist is 404, whatever the text that should be its code",
        arguments: ["P9", "nope", "P'--", "%F0%9F%A6%86"])
    func unknown(code: String) async throws {
        try await CommandRESTWorld.run { rest in
            for (method, path, body) in [
                ("PUT", "/positions/\(code)", ["title": "x"]), ("DELETE", "/positions/\(code)", nil),
                ("POST", "/positions/\(code)/fill", fill),
                ("POST", "/positions/\(code)/vacate", nil),
                ("POST", "/positions/\(code)/versions", ["effectiveDate": Self.day]),
                ("POST", "/positions/\(code)/transfer", ["targetOrganizationCode": "O1", "effectiveDate": Self.day]),
                ("PATCH", "/positions/P1/assignments/\(code)", ["fte": 1]),
                ("POST", "/positions/P1/assignments/\(code)/close", nil),
                ("PUT", "/organization-units/\(code)", ["name": "x"]),
                ("POST", "/job-levels/\(code)/versions", ["name": "x", "effectiveDate": Self.day]),
            ] as [(String, String, JSONValue?)] {
                let reply = try await refusal(rest, method, path, body, status: 404)
                #expect(reply.rule == "EXISTENCE", "\(path)")
            }
        }
    }

    @Test("every member that is missing, of another type or out of range is named at once")
    func fields() async throws {
        try await CommandRESTWorld.run { rest in
            let empty = try await refusal(rest, "POST", "/positions", [:])
            #expect(empty.code == "VALIDATION_ERROR")
            #expect(
                empty.fields == [
                    "title", "organizationCode", "jobFamilyGroupCode", "jobFamilyCode", "jobRoleCode",
                    "jobLevelCode", "positionType", "employmentType", "headcountCapacity", "effectiveDate",
                ])
            let wrong = try await refusal(
                rest, "POST", "/positions/P1/fill",
                [
                    "employeeId": 42, "employeeName": "", "assignmentType": "OWNER", "fte": "1",
                    "effectiveDate": "2026-02-30", "endDate": ["2026"], "autoRevert": "yes", "operationReason": .null,
                ])
            #expect(
                Set(wrong.fields) == [
                    "employeeId", "employeeName", "assignmentType", "fte", "effectiveDate", "endDate", "autoRevert",
                ])
            #expect(wrong.fields.count == 7)
            #expect(wrong.validationErrors.allSatisfy { $0["context"]?["ruleId"] == "INPUT" })
            let level = try await refusal(
                rest, "POST", "/job-levels",
                ["code": "L", "name": "n", "effectiveDate": Self.day, "jobRoleCode": "R", "levelRank": 1.5])
            #expect(level.fields == ["levelRank"])
        }
    }

    @Test(
        "a body that is no JSON object is refused",
        arguments: [
            "{", "[]", "null", "\"x\"", "{\"code\":\"\u{0}", "{\"a\":1}{\"b\":2}",
            String(repeating: "[", count: 100_000), String(repeating: "{\"a\":", count: 50_000),
        ])
    func noObject(body: String) async throws {
        try await CommandRESTWorld.run { rest in
            let headers: HTTPHeaders = [
                "Authorization": "Bearer \(try rest.token())", "Content-Type": "application/json",
            ]
            let reply = try await rest.send("POST", "/organization-units", Array(body.utf8), headers: headers)
            #expect(reply.status == 400)
            #expect(reply.code == "INVALID_JSON")
            let broken = try await rest.send(
                "POST", "/organization-units", Array("{\"code\":\"".utf8) + [0xFF, 0xC0] + Array("\"}".utf8),
                headers: headers)
            #expect(broken.status == 400)
        }
    }

    @Test("answers carry the request's ids, and so do the events")
    func requestIDs() async throws {
        try await CommandRESTWorld.run { rest in
            let body: JSONValue = ["code": "O1", "name": "x", "unitType": "TEAM", "effectiveDate": Self.day]
            let reply = try await rest.send(
                "POST", "/organization-units", body,
                headers: ["X-Request-Id": "req-1", "X-Correlation-Id": "corr-1"])
            #expect(reply.status == 201)
            #expect(reply.headers["X-Request-Id"] == "req-1")
            #expect(reply.headers["X-Correlation-Id"] == "corr-1")
            #expect(reply.json["requestId"] == "req-1")
            #expect(reply.json["success"] == true)
            let payload = try JSONValue(parsing: try #require(try await rest.world.received().first?.payload))
            #expect(payload["requestId"] == "req-1")
            #expect(payload["correlationId"] == "corr-1")
            let refused = try await rest.send("POST", "/organization-units", body)
            #expect(refused.json["success"] == false)
            #expect(refused.headers["X-Request-Id"] == refused.json["requestId"]?.stringValue)
        }
    }

    @Test("without a token nothing is done, nor for another tenant, nor without a writer's role")
    func access() async throws {
        try await CommandRESTWorld.run { rest in
            let body: JSONValue = ["code": "O1", "name": "x", "unitType": "TEAM", "effectiveDate": Self.day]
            let before = try await rest.world.footprint()
            for (headers, status) in [
                ([:], 401), (["Authorization": "Bearer nonsense"], 401),
                (["Authorization": "Bearer \(try rest.token(roles: [.reader]))"], 403),
                (["Authorization": "Bearer \(try rest.token())", "X-Tenant-ID": "globex"], 403),
            ] as [(HTTPHeaders, Int)] {
                let reply = try await rest.send("POST", "/organization-units", body.serialized(), headers: headers)
                #expect(reply.status == status)
                #expect(reply.json["success"] == false)
            }
            #expect(try await rest.world.footprint() == before)
            #expect(try await rest.send("POST", "/organization-units", body, tenant: "globex").status == 201)
            #expect(try await rest.send("PUT", "/organization-units/O1", ["name": "y"], tenant: "acme").status == 404)
        }
    }

    private func sequence(_ event: JSONValue) -> Int64 {
        if case .integer(let sequence)? = event["sequence"] { sequence } else { -1 }
    }

    /// A request that must be refused and change nothing.
    private func refusal(
        _ rest: CommandRESTWorld, _ method: String, _ path: String, _ body: JSONValue?, status: Int = 400
    ) async throws -> CommandRESTWorld.Reply {
        let before = try await rest.world.footprint()
        let reply = try await rest.send(method, path, body)
        #expect(reply.status == status, "\(method) \(path): \(reply.json)")
        #expect(reply.json["success"] == false)
        #expect(try await rest.world.footprint() == before, "\(method) \(path)")
        return reply
    }
}
