import Servers
import Testing

@testable import OutboxCommandLine
@testable import OutboxTool

@Suite("Packaging: completions")
struct CompletionTests {
    @Test(
        "bash completes commands, options, and values where there are only a few", .requires(program: "bash"),
        arguments: [
            (["par"], ["parked"]),
            (["parked", "re"], ["retry"]),
            (["dispatch", "--dispatch-max"], ["--dispatch-max-retry"]),
            (["dispatch", "--header-style", ""], ["native", "cloudevents", "debezium"]),
            (["dispatch", "--header-style", "=", "d"], ["debezium"]),
            (["dispatch", "--header-style", "="], ["native", "cloudevents", "debezium"]),
            (["dispatch", "--database-url", ""], []),
            (["parked", "retry", "018f3c1e", "--al"], ["--all"]),
            (["completions", ""], ["bash", "zsh", "fish", "--help", "--version"]),
        ])
    func bash(words: [String], expected: [String]) async throws {
        let script = Shell.bash.completionScript(for: OutboxCommand.root)
        let line = (["outbox"] + words).map(\.quotedForShell).joined(separator: " ")
        let test = """
            set -u
            \(script)
            COMP_WORDS=(\(line)) COMP_CWORD=\(words.count)
            _outbox
            printf '%s\\n' "${COMPREPLY[@]+"${COMPREPLY[@]}"}"
            """
        let completed = try await output(of: "bash", ["--norc", "-c", test])
        #expect(completed.split(separator: "\n").map(String.init) == expected)
    }

    @Test("bash completes every command and every option of it", .requires(program: "bash"))
    func everything() async throws {
        var test = Shell.bash.completionScript(for: OutboxCommand.root)
        for (path, _) in OutboxCommand.root.withAllBelow {
            test += "\nCOMP_WORDS=(\(path.joined(separator: " ")) '') COMP_CWORD=\(path.count)"
            test += "\n_outbox && echo \"${COMPREPLY[*]}\""
        }
        let completed = try await output(of: "bash", ["--norc", "-c", test]).split(separator: "\n")
        let expected = OutboxCommand.root.withAllBelow.map { _, command in
            (command.subcommands.map(\.name) + command.completedOptions.map(\.word)).joined(separator: " ")
        }
        #expect(completed.map(String.init) == expected)
    }

    @Test("zsh reads its script without complaint", .requires(program: "zsh"))
    func zsh() async throws {
        let script = Shell.zsh.completionScript(for: OutboxCommand.root)
        _ = try await output(of: "zsh", ["-f", "-n", "-c", script])
        // A stand-in for zsh's own functions shows what is offered where.
        let test = """
            _arguments() { print -l -- "$@" }
            words=(outbox parked list --limit '') CURRENT=5
            \(script)
            """
        let offered = try await output(of: "zsh", ["-f", "-c", test])
        #expect(offered.contains("--json[JSON for scripts]"))
        #expect(offered.contains("--database-pooling=["))
        #expect(offered.contains(":auto|session|transaction:(auto session transaction)"))
    }

    @Test(
        "fish completes commands, options, and values where there are only a few", .requires(program: "fish"),
        arguments: [
            ("outbox par", ["parked"]),
            ("outbox parked re", ["retry"]),
            ("outbox dispatch --dispatch-max", ["--dispatch-max-retry"]),
            ("outbox dispatch --header-style d", ["debezium"]),
            ("outbox parked retry 018f3c1e --al", ["--all"]),
            ("outbox completions ", ["bash", "fish", "zsh"]),
        ])
    func fish(line: String, expected: [String]) async throws {
        let script = Shell.fish.completionScript(for: OutboxCommand.root)
        let test = "\(script)\ncomplete -C \(line.quotedForShell)"
        let completed = try await output(of: "fish", ["--no-config", "-c", test])
        #expect(completed.split(separator: "\n").map { String($0.prefix { $0 != "\t" }) }.sorted() == expected)
    }

    private func output(of program: String, _ arguments: [String]) async throws -> String {
        let process = try ChildProcess(program, arguments)
        try await process.waitForSuccess(within: .seconds(60))
        #expect(process.errorOutput.text == "")
        return process.output.text
    }
}
