import Foundation
import OutboxHTTP
import OutboxJWT
import OutboxTelemetry
import Testing
import Workforce

@Suite struct AccessControlTests {
    @Test("A good token gives the handler its caller")
    func caller() async throws {
        let service = try ServiceFixture()
        for headers in [[:], ["X-Tenant-ID": "acme"]] as [HTTPHeaders] {
            let answer = try await service.authorized(headers)
            #expect(answer.status == 201)
            #expect(answer.data["user"] as? String == "ada")
            #expect(answer.data["tenant"] as? String == "acme")
        }
    }

    @Test(
        "Without a good token the answer is 401 and says how to ask",
        arguments: [
            nil, "", "Bearer", "Bearer ", "Basic YTpi", "Bearer a.b.c", "Bearer {token} x", "{token}", "bearer {other}",
            "Bearer {expired}", "Bearer {anonymous}", "Bearer {hostile}",
        ])
    func unauthorized(header: String?) async throws {
        struct Bare: Encodable { var exp = 4_102_444_800 }
        let service = try ServiceFixture()
        let minter = try TokenMinter(secret: ServiceFixture.secret)
        let expired = CallerClaims(
            Caller(userID: "ada", tenantID: "acme", roles: [.writer]), duration: .seconds(60),
            now: .init(timeIntervalSince1970: 0))
        let hostile = CallerClaims(
            Caller(userID: "ada", tenantID: "acme'; DROP TABLE positions", roles: [.writer]), duration: .seconds(60))
        var header = header
        for (name, token) in [
            ("token", try service.token()), ("expired", try minter.mint(expired)),
            ("anonymous", try minter.mint(Bare())),
            ("hostile", try minter.mint(hostile)),
            ("other", try TokenMinter(secret: .init([UInt8](repeating: 2, count: 32))).mint(expired)),
        ] {
            header?.replace("{\(name)}", with: token)
        }
        var headers = HTTPHeaders()
        headers["Authorization"] = header
        let answer = try await service.answer(headers: headers)
        #expect(answer.status == 401)
        #expect(answer.code == "UNAUTHORIZED")
        #expect(answer.headers["WWW-Authenticate"]?.hasPrefix("Bearer realm=") == true)
        #expect(answer.headers["WWW-Authenticate"]?.contains("invalid_token") == (header != nil))
    }

    @Test("Two tokens are refused, whichever is good")
    func twoTokens() async throws {
        let service = try ServiceFixture()
        var headers: HTTPHeaders = ["Authorization": "Bearer \(try service.token())"]
        headers.add("authorization", "Bearer \(try service.token(tenant: "globex"))")
        #expect(try await service.answer(headers: headers).status == 401)
    }

    @Test("Another tenant than the token's is refused", arguments: ["globex", "ACME", "acme,globex", "", "acme "])
    func tenant(name: String) async throws {
        let answer = try await ServiceFixture().authorized(["X-Tenant-ID": name])
        #expect(answer.status == 403)
        #expect(answer.code == "TENANT_MISMATCH")
    }

    @Test("Two tenants are refused, whichever comes first", arguments: [["acme", "globex"], ["globex", "acme"]])
    func twoTenants(names: [String]) async throws {
        var headers = HTTPHeaders()
        for name in names { headers.add("X-Tenant-ID", name) }
        #expect(try await ServiceFixture().authorized(headers).status == 403)
    }

    @Test(
        "A caller needs one of the service's roles",
        arguments: [
            ([.reader], 403), ([.writer], 201), ([.admin], 201), ([.reader, .admin], 201),
        ] as [(Set<Role>, Int)])
    func roles(roles: Set<Role>, status: Int) async throws {
        let service = try ServiceFixture()
        let answer = try await service.authorized(token: service.token(roles: roles))
        #expect(answer.status == status)
        if status == 403 { #expect(answer.code == "ROLE_MISSING") }
    }

    @Test("Paths that nobody knows need a token too; those that are open don't")
    func paths() async throws {
        let service = try ServiceFixture()
        #expect(try await service.answer("GET", "/health").status == 200)
        #expect(try await service.answer("GET", "/nowhere").status == 401)
        #expect(try await service.answer("GET", "/who").status == 401)
        #expect(try await service.answer("GET", "/health/").status == 401)
        #expect(try await service.answer("OPTIONS", "/who").status == 401)
        let token: HTTPHeaders = ["Authorization": "Bearer \(try service.token())"]
        #expect(try await service.answer("GET", "/nowhere", headers: token).status == 404)
        #expect(try await service.answer("GET", "/who", headers: token).status == 405)
    }
}
