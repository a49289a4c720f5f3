import OutboxHTTP
import Testing

@testable import Workforce

@Suite("Bodies of commands")
struct RequestBodyTests {
    private func body(_ text: String, contentType: String = "application/json") throws -> RequestBody {
        try RequestBody(
            HTTPRequest(
                method: "POST", target: "/", headers: ["Content-Type": contentType], body: Array(text.utf8)))
    }

    private func command(_ body: inout RequestBody) -> CreateJobLevel {
        CreateJobLevel(
            code: body.required("code", .text), name: body.required("name", .text),
            roleCode: body.required("jobRoleCode", .text), levelRank: body.required("levelRank", .integer),
            status: body.optional("status", .code) ?? .active, effectiveDate: body.required("effectiveDate", .date))
    }

    private func findings(_ text: String) throws -> [RuleViolation] {
        var body = try body(text)
        let command = command(&body)
        do {
            try body.finish(command)
            return []
        } catch {
            #expect(error.kind == .invalid)
            return error.violations
        }
    }

    @Test("become commands; members that nobody asks for are passed over")
    func good() throws {
        let text = """
            {"code": "S3", "name": "高级", "jobRoleCode": "SWE", "levelRank": 3, "effectiveDate": "2026-01-01",
             "status": null, "colour": {"red": [1, 2, {}]}}
            """
        #expect(try findings(text) == [])
        var body = try body(text)
        let command = command(&body)
        #expect(command.name == "高级")
        #expect(command.levelRank == 3)
        #expect(command.status == .active)
        #expect(command.effectiveDate == CalendarDate("2026-01-01"))
    }

    @Test("each member is named once, whether it is missing, of another type or has a wrong value")
    func wrong() throws {
        let found = try findings(
            #"{"code": "s3", "name": null, "levelRank": "3", "effectiveDate": "2026-02-29", "status": "OLD"}"#)
        #expect(found.map(\.field) == ["name", "jobRoleCode", "levelRank", "effectiveDate", "code", "status"])
        #expect(found.allSatisfy { $0.code == "VALIDATION_ERROR" && $0.ruleID == "INPUT" })
        #expect(found.first { $0.field == "levelRank" }?.message == "levelRank: must be a whole number")
    }

    @Test(
        "numbers are not texts, texts not numbers, and truth is neither",
        arguments: [("levelRank", "true"), ("levelRank", "1e400"), ("levelRank", "1.5"), ("name", "1"), ("name", "[]")])
    func types(member: String, value: String) throws {
        var members = [
            "code": "\"S3\"", "name": "\"n\"", "jobRoleCode": "\"R\"", "levelRank": "1",
            "effectiveDate": "\"2026-01-01\"",
        ]
        members[member] = value
        let text = "{" + members.map { "\"\($0.key)\": \($0.value)" }.joined(separator: ", ") + "}"
        #expect(try findings(text).map(\.field) == [member])
    }

    @Test("are JSON objects", arguments: ["{", "[1]", "7", "{\"a\": 1} x", String(repeating: "[", count: 2_000)])
    func noObject(text: String) {
        let error = #expect(throws: ServiceError.self) { try body(text) }
        #expect(error?.code == "INVALID_JSON")
        #expect(error?.status == .badRequest)
    }

    @Test("may be left out, but not be declared as something else")
    func contentType() throws {
        #expect(try RequestBody(HTTPRequest(method: "POST", target: "/")).members.isEmpty)
        let error = #expect(throws: HTTPError.self) { try body("{}", contentType: "text/plain") }
        #expect(error?.status == .unsupportedMediaType)
    }
}
