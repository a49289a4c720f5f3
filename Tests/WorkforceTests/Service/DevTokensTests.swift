import OutboxHTTP
import Testing
import Workforce

@Suite struct DevTokensTests {
    private func ask(_ body: String) async throws -> ServiceFixture.Answer {
        try await ServiceFixture().answer("POST", DevTokens.path, body: body)
    }

    @Test("A token is given without a token, and opens the service", arguments: [#""8h""#, "60", "null"])
    func given(duration: String) async throws {
        let answer = try await ask(
            #"{"userId":"ada","tenantId":"acme","roles":["admin"],"duration":\#(duration)}"#)
        #expect(answer.status == 200)
        #expect(answer.json["success"] as? Bool == true)
        let token = try #require(answer.data["token"] as? String)
        #expect(try await ServiceFixture().authorized(token: token).status == 201)
    }

    @Test(
        "What is not valid is refused and named",
        arguments: [
            (#"{"userId":"","tenantId":"acme","roles":["admin"]}"#, "userId"),
            (#"{"userId":"ada","tenantId":"a:b","roles":["admin"]}"#, "tenantId"),
            (#"{"userId":"ada","tenantId":"acme","roles":["root"]}"#, "roles"),
            (#"{"userId":"ada","tenantId":"acme","roles":[]}"#, "roles"),
            (#"{"userId":"ada","tenantId":"acme","roles":["admin"],"duration":0}"#, "duration"),
            (#"{"userId":"ada","tenantId":"acme","roles":["admin"],"duration":"9000h"}"#, "duration"),
            (#"{"userId":"ada","tenantId":"acme","roles":["admin"],"duration":"soon"}"#, "duration"),
            (#"{"userId":"ada","tenantId":"acme"}"#, "roles"), (#"{"userId":1}"#, "userId"), ("", "JSON"),
        ])
    func refused(body: String, name: String) async throws {
        let answer = try await ask(body)
        #expect(answer.status == 400)
        #expect((answer.error["message"] as? String)?.contains(name) == true)
    }
}
