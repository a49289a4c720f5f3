import FoundationEssentials
import LibPQ
import Outbox
import Servers

/// What `outbox doctor --json` said.
struct DoctorRun {
    struct Finding {
        let id: String
        let severity: String
        let seen: String
        let commands: [String]
    }

    let status: Servers.ExitStatus
    let findings: [Finding]
    let errors: String

    /// Runs it to its end, good or bad.
    static func run(_ options: [String] = [], environment: [String: String?]) async throws -> DoctorRun {
        let process = try BuiltTool.outbox.start(["doctor", "--json"] + options, environment: environment)
        let status = try await process.waitForExit(within: .seconds(60))
        let elements = (try? JSONValue(parsing: Array(process.output.text.utf8)))?["findings"]?.elements ?? []
        let findings = elements.map { element in
            Finding(
                id: element["id"]?.stringValue ?? "", severity: element["severity"]?.stringValue ?? "",
                seen: element["seen"]?.stringValue ?? "",
                commands: element["commands"]?.elements.compactMap(\.stringValue) ?? [])
        }
        return DoctorRun(status: status, findings: findings, errors: process.errorOutput.text)
    }

    /// The first trouble of this id, or `nil`.
    subscript(id: String) -> Finding? { findings.first { $0.id == id } }

    /// The ids of what is worse than a note.
    var troubles: [String] { findings.filter { $0.severity == "warning" || $0.severity == "error" }.map(\.id) }

    /// Types a finding's command into a shell in which the tool is on the path.
    static func type(_ command: String, environment: [String: String?]) async throws {
        let folder = try BuiltTool.outbox.path.split(separator: "/").dropLast().joined(separator: "/")
        var environment = environment
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        environment["PATH"] = "/\(folder):\(path)"
        environment["USER"] = "doctor-test"
        let shell = try ChildProcess("sh", ["-c", command], environment: environment)
        try await shell.waitForSuccess(within: .seconds(60))
    }
}
