import LibPQ
import Outbox
import Servers
import Testing
import Workforce

@Suite("Hostile requests to the command service")
struct HostileCommandTests {
    /// The answer must be an error in the envelope, with the request's ids.
    private func expectRefusal(
        _ answer: HTTPAnswer, _ what: String, _ statuses: ClosedRange<Int> = 400...499,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(statuses.contains(answer.status), "\(what): \(answer.status)", sourceLocation: sourceLocation)
        let json = try? JSONValue(parsing: answer.body)
        #expect(json?["success"] == .bool(false), "\(what)", sourceLocation: sourceLocation)
        #expect(json?["error"]?["code"]?.stringValue != nil, "\(what)", sourceLocation: sourceLocation)
        #expect(
            json?["requestId"]?.stringValue == answer.header("X-Request-Id"), "\(what)", sourceLocation: sourceLocation)
        #expect(answer.header("X-Request-Id") != nil && answer.header("X-Correlation-Id") != nil, "\(what)")
    }

    @Test("no operation takes a body that is huge, deep, broken, or of the wrong types, and nothing changes")
    func bodies() async throws {
        try await RunningServices.run { services in
            let before = try await services.fingerprint()
            for operation in services.operations {
                for body in HostileBody.all {
                    let answer = try await services.send(
                        operation, body.bytes(operation), headers: ["Content-Type": body.contentType])
                    expectRefusal(answer, "\(operation) \(body.name)", body.status...body.status)
                }
            }
            #expect(try await services.fingerprint() == before)
        }
    }

    @Test("a single member of a wrong type is named, and nothing changes")
    func members() async throws {
        try await RunningServices.run { services in
            let before = try await services.fingerprint()
            for operation in services.operations {
                for member in operation.members {
                    let answer = try await services.send(operation, Array("{\"\(member)\":{\"a\":[1]}}".utf8))
                    expectRefusal(answer, "\(operation) \(member)", 400...400)
                    #expect(answer.text.contains("\"field\":\"\(member)\""), "\(operation) \(member)")
                }
            }
            #expect(try await services.fingerprint() == before)
        }
    }

    @Test("no operation is open without a good token for the tenant and the role")
    func tokens() async throws {
        try await RunningServices.run { services in
            let before = try await services.fingerprint()
            let good = try RunningServices.token()
            let parts = good.split(separator: ".")
            let none = "eyJhbGciOiJub25lIn0.\(parts[1])."
            let attacks: [(name: String, headers: [String: String], status: Int)] = [
                ("none", ["Authorization": "Bearer \(none)"], 401),
                ("unsigned", ["Authorization": "Bearer \(parts[0]).\(parts[1])."], 401),
                (
                    "foreign",
                    ["Authorization": "Bearer \(try RunningServices.token(secret: String(repeating: "x", count: 40)))"],
                    401
                ),
                ("basic", ["Authorization": "Basic bWFsbG9yeTpwYXNzd29yZA=="], 401),
                ("empty", ["Authorization": ""], 401),
                ("long", ["Authorization": "Bearer \(String(repeating: "a", count: 20_000))"], 401),
                ("reader", ["Authorization": "Bearer \(try RunningServices.token(roles: [.reader]))"], 403),
                ("other tenant", ["X-Tenant-ID": "globex"], 403),
                ("injected tenant", ["X-Tenant-ID": "acme' OR '1'='1"], 403),
            ]
            for operation in services.operations {
                for attack in attacks {
                    let answer = try await services.send(operation, operation.body(#""x""#), headers: attack.headers)
                    expectRefusal(answer, "\(operation) \(attack.name)", attack.status...attack.status)
                    if attack.status == 401 {
                        #expect(answer.header("WWW-Authenticate")?.contains("Bearer") == true)
                    }
                }
            }
            #expect(try await services.fingerprint() == before)
        }
    }

    @Test("SQL in a path, a code or a header does nothing, and in a text it is a text")
    func injection() async throws {
        let hostile = "P1'; DROP TABLE positions; --"
        try await RunningServices.run { services in
            let before = try await services.fingerprint()
            for operation in services.operations {
                let escaped = "P1'%3B%20DROP%20TABLE%20positions%3B%20--"
                let moved = Operation(
                    method: operation.method, path: operation.path.replacing("/P1", with: "/\(escaped)"),
                    members: operation.members)
                expectRefusal(try await services.send(moved, moved.body(#""\#(hostile)""#)), "\(operation)")
            }
            #expect(try await services.fingerprint() == before)

            let rename = Operation(method: "PUT", path: "/api/v1/positions/P1", members: ["title", "operationReason"])
            let answer = try await services.send(
                rename, rename.body(#""\#(hostile)""#), headers: ["X-Request-Id": hostile, "X-Correlation-Id": "\t"])
            #expect(answer.status == 200)
            #expect(answer.header("X-Request-Id")?.count == 36)
            #expect(try await services.world.text("SELECT title FROM positions WHERE code = 'P1'") == hostile)
        }
    }

    @Test("paths and methods that nobody offers are refused, and nothing from a path gets into a header")
    func paths() async throws {
        try await RunningServices.run { services in
            let before = try await services.fingerprint()
            for path in [
                "/api/v1/positions/P1%0d%0aSet-Cookie:%20a=b", "/api/v1/positions/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
                "/api/v1//positions", "/api/v1/positions/", "/api/v1/positions/P1/", "/API/V1/positions",
                "/api/v1/positions/%00", "/api/v1/positions/%ff", "/api/v1/positions/P1%2ffill", "/api/v2/positions",
                "/api/v1/positions/P1;a=b", "/auth/dev-token", "/metrics/../api/v1/positions/P1", "/.git/config",
                "/api/v1/positions?\(String(repeating: "a=b&", count: 20_000))",
            ] {
                for method in ["GET", "POST", "DELETE"] {
                    let operation = Operation(method: method, path: path, members: [])
                    let answer = try await services.send(operation, method == "GET" ? [] : Array("{}".utf8))
                    #expect((400...499).contains(answer.status), "\(operation): \(answer.status)")
                    #expect(answer.header("Set-Cookie") == nil)
                }
            }
            for method in ["TRACE", "PROPFIND", "get", "PATCH", "HEAD"] {
                let operation = Operation(method: method, path: "/api/v1/positions", members: [])
                #expect((400...499).contains(try await services.send(operation, []).status), "\(method)")
            }
            #expect(try await services.fingerprint() == before)
        }
    }

    @Test("another tenant's codes and ids are unknown, operation by operation, and nothing changes")
    func tenants() async throws {
        try await RunningServices.run { services in
            let before = try await services.fingerprint()
            let bodies = [
                "{}", #"{"title":"x"}"#, #"{"name":"x"}"#, #"{"employeeName":"x"}"#, #"{"effectiveDate":"2026-04-01"}"#,
                #"{"name":"x","effectiveDate":"2026-04-01"}"#,
                #"{"targetOrganizationCode":"1000001","effectiveDate":"2026-04-01"}"#,
                #"{"employeeId":"E9","employeeName":"Eve","assignmentType":"PRIMARY","fte":1,"effectiveDate":"2026-04-01"}"#,
            ]
            for operation in services.operations where operation.path.contains("/P1") {
                var statuses: Set<Int> = []
                for body in bodies {
                    let answer = try await services.send(operation, Array(body.utf8), tenant: "globex")
                    expectRefusal(answer, "\(operation) \(body)")
                    #expect(!answer.text.contains("Engineer") && !answer.text.contains("Ada"))
                    statuses.insert(answer.status)
                }
                // One of the bodies is right, so that it is the tenant for which it is refused.
                #expect(statuses.contains(404), "\(operation): \(statuses)")
            }
            // What is created refers to what the tenant has itself only.
            let referring = #"""
                {"title":"x","organizationCode":"1000001","jobFamilyGroupCode":"TECH","jobFamilyCode":"TECH-SW",
                "jobRoleCode":"SWE","jobLevelCode":"S3","positionType":"REGULAR","employmentType":"FULL_TIME",
                "headcountCapacity":1,"effectiveDate":"2026-04-01"}
                """#
            let create = Operation(method: "POST", path: "/api/v1/positions", members: [])
            expectRefusal(try await services.send(create, Array(referring.utf8), tenant: "globex"), "create", 400...400)
            #expect(try await services.fingerprint() == before)
            #expect(try await services.send(create, Array(referring.utf8)).status == 201)
        }
    }
}
