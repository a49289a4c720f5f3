import Foundation
import Servers
import Testing

@testable import OutboxCommandLine
@testable import OutboxTool

@Suite("Packaging: manual page and environment file")
struct ManualTests {
    private static let page = ManualPage(OutboxCommand.root, version: "1.2.3", date: "2026-01-31").text

    @Test("the manual page has every command with its options, and every setting")
    func complete() {
        let page = Self.page.replacing("\\-", with: "-").replacing("\\fB", with: "").replacing("\\fR", with: "")
        for (path, command) in OutboxCommand.root.withAllBelow.dropFirst() {
            #expect(page.contains("\n.SS \"\(path.joined(separator: " "))"))
            for option in command.options { #expect(page.contains("\n--\(option.name)")) }
        }
        for setting in OutboxCommand.root.allSettings {
            #expect(page.contains("\n\(setting.name), --\(setting.flag) "))
        }
    }

    @Test("mandoc finds nothing to say about the manual page", .requires(program: "mandoc"))
    func mandoc() async throws {
        try await check("mandoc", ["-Tlint", "-Wwarning"])
    }

    @Test("man warns of nothing in the manual page", .requires(program: "man"))
    func man() async throws {
        try await check("man", ["--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z"])
    }

    private func check(_ program: String, _ arguments: [String]) async throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/outbox.1"
        try Data((Self.page + "\n").utf8).write(to: URL(filePath: path))
        let process = try ChildProcess(
            program, arguments + [path], environment: ["LC_ALL": "C.UTF-8", "MANROFFSEQ": ""])
        let status = try await process.waitForExit(within: .seconds(60))
        let complaints = process.errorOutput.text + (program == "mandoc" ? process.output.text : "")
        #expect(status.isSuccess && complaints.isEmpty, "\(complaints)")
    }

    @Test("the environment file has every setting, as a comment; uncommented, a shell reads defaults that are allowed")
    func environmentFile() async throws {
        let text = EnvironmentFile(OutboxCommand.root).text
        #expect(text.split(separator: "\n").allSatisfy { $0.hasPrefix("#") })
        let lines = text.split(separator: "\n").filter { $0.firstMatch(of: /^#[A-Z_]+=/) != nil }.map { $0.dropFirst() }
        let names = lines.map { String($0.prefix { $0 != "=" }) }
        #expect(Set(names) == Set(OutboxCommand.root.allSettings.map(\.name) + ["KAFKA_CONFIG_SECURITY_PROTOCOL"]))
        #expect(Set(names).count == names.count)

        let print = names.map { "printf '%s\\n' \"$\($0)\"" }
        let shell = try ChildProcess("sh", ["-eu", "-c", (lines.map(String.init) + print).joined(separator: "\n")])
        try await shell.waitForSuccess(within: .seconds(60))
        let values = shell.output.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        for setting in OutboxCommand.root.allSettings {
            let index = try #require(names.firstIndex(of: setting.name))
            #expect(values[index] == setting.defaultText ?? "")
            if setting.defaultText != nil { #expect(setting.problem(values[index], setting.name) == nil) }
        }
    }
}
