import Foundation
import Servers
import Testing

@Suite("Fault harness", .serialized)
struct FaultHarnessTests {
    private struct Report: Decodable {
        struct Kind: Decodable {
            let kind: String
            let count: Int
        }

        struct Violation: Decodable {
            let check: String
        }

        struct Verify: Decodable {
            let counts: [String: Int]
            let disagreements: [String]
        }

        let events, records: Int
        let faults: [Kind]
        let verify: Verify?
        let violations: [Violation]
    }

    @Test("a minute of kills, pauses, cuts, restarts and poison breaks nothing", .requiresPrivateBroker)
    func minute() async throws {
        let harness = try BuiltTool.faults.start(
            ["--seed", "6", "--seconds", "60", "--json", "--rate", "150"], environment: Self.environment)
        let status = try await harness.waitForExit(within: .seconds(400))
        let told = harness.errorOutput.text
        #expect(status == .exited(0), "\(told)")
        let report = try JSONDecoder().decode(Report.self, from: harness.output.bytes())
        #expect(report.violations.isEmpty)
        #expect(report.verify?.disagreements == [])
        #expect(report.verify?.counts["records"] == report.records)
        #expect(report.events > 1000)
        #expect(report.records >= report.events / 2)
        #expect(report.faults.reduce(0) { $0 + $1.count } >= 8)
    }

    @Test(
        "settings that make no sense are refused",
        arguments: [
            (["--seed", "x"], "--seed"), (["--brokers", "2"], "--brokers"), (["--kinds", "earthquake"], "--kinds"),
            (["--minutes", "1", "--seconds", "1"], "--seconds"), (["--kinds", "leader-change"], "--brokers 3"),
        ])
    func usage(_ arguments: [String], _ problem: String) async throws {
        let harness = try BuiltTool.faults.start(arguments, environment: Self.environment)
        let status = try await harness.waitForExit(within: .seconds(60))
        #expect(status == .exited(2))
        let told = harness.errorOutput.text
        #expect(told.contains("error: ") && told.contains(problem), "\(told)")
    }

    /// Nothing of what the user has set for a run of their own.
    private static let environment: [String: String?] = ["FAULTS_MINUTES": nil]
}
