import FoundationEssentials
import Servers
import Testing

private let browserPackages = ["selenium==4.51.0"]

@Suite(
    "Console: in a browser", .requiresBroker, .requires(program: "chromium"), .requires(program: "chromedriver"),
    .requires(program: "psql"), .requires(pythonPackages: browserPackages), .serialized)
struct ConsoleBrowserTests {
    private static let token = "correct-horse-battery"

    /// What `console_browser.py` tries.
    enum Scenario: String, CaseIterable {
        case poisoned, markup, token, many, dead, pictures
    }

    @Test("the page shows, hides, refuses and bears what it must", arguments: Scenario.allCases)
    func page(scenario: Scenario) async throws {
        let python = try await PythonEnvironment.with(browserPackages).interpreter()
        try await Chain.with { chain in
            let consumer = scenario == .dead ? try chain.consumer() : nil
            let consumerClient = try await consumer?.waitUntilReady()
            let dispatcher = try chain.dispatcher([
                "OUTBOX_OPERATOR_TOKEN": Self.token, "OUTBOX_OPERATOR_DATABASE_URL": chain.outbox.url,
                "OUTBOX_DISPATCH_MAX_RETRY": "2", "QUERY_DATABASE_URL": chain.queryURL,
                "OUTBOX_CONSUMER_METRICS": consumerClient?.baseURL, "OUTBOX_CONSUMER_GROUPS": chain.group,
                "OUTBOX_DISPATCH_BACKOFF_BASE": scenario == .poisoned ? "3s" : "100ms",
            ])
            let client = try await dispatcher.waitUntilReady()
            let browser = try ChildProcess(
                python,
                [
                    "\(Checkout.path)/Integration/Tests/Console/console_browser.py", scenario.rawValue,
                    "--url", client.baseURL, "--database", chain.outbox.url, "--query-database", chain.queryURL,
                    "--token", Self.token, "--screenshots", "\(Checkout.path)/.build/console",
                    "--chromium", try Self.path(of: "chromium"), "--chromedriver", try Self.path(of: "chromedriver"),
                ])
            try await browser.waitForSuccess(within: .seconds(180))
            print(browser.output.text)
            #expect(dispatcher.isRunning)
            #expect(!dispatcher.errorOutput.text.contains(Self.token))
            _ = try await dispatcher.stop(within: .seconds(60))
            _ = try await consumer?.stop(within: .seconds(60))
        }
    }

    private static func path(of program: String) throws -> String {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        return try #require(
            folders.map { "\($0)/\(program)" }.first { FileManager.default.isExecutableFile(atPath: $0) })
    }
}
