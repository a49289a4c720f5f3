import FoundationEssentials
import LibPQ
import Outbox
import OutboxHTTP
import OutboxJWT
import OutboxTelemetry
import Servers
import Synchronization
import Testing
import Workforce

@testable import WorkforceTool

@Suite("openapi.json")
struct CommandOpenAPITests {
    private static let packages = ["schemathesis==4.32.5", "openapi-spec-validator==0.9.0"]

    @Test("describes every route of the service, and no other")
    func routes() throws {
        let secret = Secret(Array(repeating: UInt8(ascii: "x"), count: 32))
        let access = Access(
            verifier: TokenVerifier(keys: try TokenKeys(secret: secret)),
            devTokens: DevTokens(minter: try TokenMinter(secret: secret)))
        let router = ServeCommandsCommand.router(
            access: access, pool: PQPool(PQConfiguration(url: "postgresql://localhost/none")), dispatcher: nil)
        let served = router.endpoints.map { "\($0.method) \($0.pattern)" }
        let paths = try JSONValue(parsing: CommandAPI.description)["paths"]
        let described = paths.map(members)?.flatMap { path, operations in
            members(operations).map(\.key).filter { $0 != "parameters" }.map { "\($0.uppercased()) \(path)" }
        }
        #expect(described?.sorted() == served.sorted())
    }

    @Test("describes the scenarios' requests and answers", .requires(pythonPackages: packages))
    func answers() async throws {
        let lines = Mutex<[UInt8]>([])
        let recorder: @Sendable (HTTPRequest, HTTPResponse) -> Void = { request, response in
            guard let route = request.routePattern, case .bytes(let bytes) = response.body else { return }
            let exchange: JSONValue = [
                "method": .string(request.method), "route": .string(route),
                "status": .integer(Int64(response.status.rawValue)),
                "request": (try? JSONValue(parsing: request.body)) ?? .null,
                "answer": (try? JSONValue(parsing: bytes)) ?? .null,
            ]
            lines.withLock { $0 += exchange.serialized() + [UInt8(ascii: "\n")] }
        }
        try await CommandRESTWorld.$recorder.withValue(recorder) {
            let scenarios = CommandRESTTests()
            try await scenarios.life()
            try await scenarios.organization()
            try await scenarios.vacate()
            try await scenarios.refusals()
            try await scenarios.versionConflict()
            try await scenarios.fields()
            try await scenarios.access()
        }
        let folder = try TemporaryFolder()
        let (description, exchanges) = ("\(folder.path)/openapi.json", "\(folder.path)/exchanges")
        try Data(CommandAPI.description).write(to: URL(filePath: description))
        try Data(lines.withLock { $0 }).write(to: URL(filePath: exchanges))
        let python = try await PythonEnvironment.with(Self.packages).interpreter()
        let script = "\(Checkout.path)/Integration/OpenAPI/check-answers.py"
        let check = try ChildProcess(python, [script, description, exchanges])
        try await check.waitForSuccess(within: .seconds(60))
        #expect(check.output.text.contains(" answers of 16 operations checked"), "\(check.output.text)")
    }

    @Test("is what the running service keeps to, whatever it is sent", .requires(pythonPackages: packages))
    func conformance() async throws {
        let url = try await PostgresServer.shared().createDatabase("openapi")
        let environment = ["DATABASE_URL": url, "WORKFORCE_COMMAND_ADDRESS": "127.0.0.1:0"]
        for arguments in [["migrate"], ["seed", "--tenant", "acme", "--positions", "40"]] {
            try await BuiltTool.workforce.start(arguments, environment: environment).waitForSuccess(
                within: .seconds(60))
        }
        let service = try BuiltTool.workforce.start(["command", "--dev-auth"], environment: environment)
        let client = HTTPClient(try await service.httpAddress())
        let granted = try await client.post(
            "/auth/dev-token", json: #"{"userId": "ada", "tenantId": "acme", "roles": ["writer"]}"#)
        let token = try #require(try JSONValue(parsing: granted.body)["data"]?["token"]?.stringValue)

        // All of its checks but those that would take a refusal by the domain's rules for a fault.
        let checks = [
            "not_a_server_error", "status_code_conformance", "content_type_conformance",
            "response_headers_conformance", "response_schema_conformance", "negative_data_rejection",
            "unsupported_method", "ignored_auth",
        ]
        let python = try await PythonEnvironment.with(Self.packages).interpreter()
        // It leaves files where it runs, and would take up again what it found in an earlier run.
        let folder = try TemporaryFolder()
        let run = try ChildProcess(
            "sh",
            [
                "-c", #"cd "$0" && exec "$@""#, folder.path, python, "-m", "schemathesis.cli", "run",
                "\(client.baseURL)/openapi.json", "--url", client.baseURL,
                "--header", "Authorization: Bearer \(token)", "--exclude-path-regex", "^/(auth|metrics)",
                "--checks", checks.joined(separator: ","), "--max-examples", "5", "--no-color",
                "--generation-deterministic",
            ])
        let status = try await run.waitForExit(within: .seconds(300))
        #expect(status == .exited(0), "\(run.output.text)")
        #expect(service.isRunning)
        #expect(try await service.stop(within: .seconds(30)).isSuccess)
    }

    private func members(_ value: JSONValue) -> [String: JSONValue] {
        if case .object(let members) = value { members } else { [:] }
    }
}
