import LibPQ
import OutboxHTTP
import Testing
import Workforce

@Suite struct EnvelopeTests {
    private struct Unexpected: Error { let detail = "a password" }

    private func answer(throwing error: any Error & Sendable) async throws -> ServiceFixture.Answer {
        let service = try ServiceFixture { $0.get("/fails") { _ in throw error } }
        return try await service.answer(
            "GET", "/fails", headers: ["Authorization": "Bearer \(try service.token())", "X-Request-Id": "r1"])
    }

    @Test("What went well is in the envelope")
    func success() async throws {
        let answer = try await ServiceFixture().authorized(["X-Request-Id": "r1"])
        #expect(answer.status == 201)
        #expect(Set(answer.json.keys) == ["success", "data", "message", "requestId", "timestamp"])
        #expect(answer.json["success"] as? Bool == true)
        #expect(answer.json["message"] as? String == "Here you are")
        #expect(answer.json["requestId"] as? String == "r1")
        #expect((answer.json["timestamp"] as? String)?.hasSuffix("Z") == true)
    }

    @Test("Broken rules are in the envelope, each with code, field, severity and rule")
    func violations() async throws {
        let answer = try await answer(
            throwing: ServiceError(
                .badRequest, code: "POS_HEADCOUNT_EXCEEDED", message: "Too many.",
                violations: [
                    RuleViolation(
                        code: "POS_HEADCOUNT_EXCEEDED", ruleID: "POS-HEADCOUNT", severity: .high, field: "fte",
                        message: "Too many.")
                ]))
        #expect(answer.status == 400)
        #expect(Set(answer.json.keys) == ["success", "error", "requestId", "timestamp"])
        #expect(answer.json["success"] as? Bool == false)
        #expect(answer.code == "POS_HEADCOUNT_EXCEEDED")
        let details = try #require(answer.error["details"] as? [String: any Sendable])
        #expect(details["ruleId"] as? String == "POS-HEADCOUNT")
        let violation = try #require((details["validationErrors"] as? [[String: any Sendable]])?.first)
        #expect(violation["code"] as? String == "POS_HEADCOUNT_EXCEEDED")
        #expect(violation["message"] as? String == "Too many.")
        #expect(violation["field"] as? String == "fte")
        #expect(violation["severity"] as? String == "HIGH")
        #expect((violation["context"] as? [String: any Sendable])?["ruleId"] as? String == "POS-HEADCOUNT")
    }

    @Test(
        "Other errors are in the envelope without inner details",
        arguments: [
            (Unexpected(), 500, "INTERNAL_ERROR"), (CancellationError(), 503, "UNAVAILABLE"),
            (HTTPError(.unsupportedMediaType, "no"), 415, "UNSUPPORTED_MEDIA_TYPE"),
            (HTTPError(HTTPStatus(rawValue: 418), "no"), 418, "HTTP_418"),
            (PQError(.connectionFailed, "no route to db.internal"), 503, "UNAVAILABLE"),
            (PQError(.server, "relation secrets does not exist"), 500, "INTERNAL_ERROR"),
        ] as [(any Error & Sendable, Int, String)])
    func others(error: any Error & Sendable, status: Int, code: String) async throws {
        let answer = try await answer(throwing: error)
        #expect(answer.status == status)
        #expect(answer.code == code)
        #expect(answer.error["details"] == nil)
        #expect(answer.json["requestId"] as? String == "r1")
        #expect(answer.headers["X-Request-Id"] == "r1")
        let message = answer.error["message"] as? String ?? ""
        #expect(!message.contains("password") && !message.contains("internal") && !message.contains("secrets"))
    }

    @Test("Every answer carries the ids, taken from the request or made")
    func identity() async throws {
        let service = try ServiceFixture()
        for target in ["/health", "/who", "/nowhere"] {
            let given = try await service.answer(
                "GET", target, headers: ["x-request-id": "r-1", "x-correlation-id": "c:1/2+3=@"])
            #expect(given.headers.values("X-Request-Id") == ["r-1"])
            #expect(given.headers.values("X-Correlation-Id") == ["c:1/2+3=@"])
            let made = try await service.answer("GET", target)
            #expect(made.headers["X-Request-Id"]?.count == 36)
            #expect(made.headers["X-Request-Id"] == made.headers["X-Correlation-Id"])
            #expect(try await service.answer("GET", target).headers["X-Request-Id"] != made.headers["X-Request-Id"])
        }
    }

    @Test(
        "Ids that are not well-formed are not taken over",
        arguments: ["", "a b", "a\r\nSet-Cookie: b", "ä", "a;b", "<script>", "'", String(repeating: "a", count: 129)])
    func malformedIDs(text: String) async throws {
        let answer = try await ServiceFixture().answer(
            "GET", "/health", headers: ["X-Request-Id": text, "X-Correlation-Id": text])
        #expect(answer.headers["X-Request-Id"]?.count == 36)
        #expect(answer.headers["X-Correlation-Id"] == answer.headers["X-Request-Id"])
    }
}
