import FoundationEssentials
import Servers
import Testing

@testable import OutboxCommandLine
@testable import OutboxTool
@testable import Runbook
@testable import WorkforceTool

@Suite struct ReadmeToolTests {
    private let readme: Readme
    private let parsers = [
        "outbox": CommandParser(root: OutboxCommand.root, version: "", environment: Self.environment),
        "workforce": CommandParser(root: WorkforceCommand.root, version: "", environment: Self.environment),
    ]
    private static let environment = [
        "DATABASE_URL": "postgresql://localhost/a", "QUERY_DATABASE_URL": "postgresql://localhost/b",
    ]

    init() throws { readme = try Readme() }

    @Test("the README's tables of settings are what --help says", arguments: ["outbox dispatch", "workforce consume"])
    func settings(command: String) async throws {
        let rows = readme.table(headed: "both") + readme.table(headed: "`\(command)`")
        let told = rows.map { Setting(name: Self.plain($0[0]), defaultText: Self.plain($0[1])) }
        let help = try await output(of: command + " --help")
        #expect(told.sorted() == Setting.all(in: help).sorted())
        #expect(rows.allSatisfy { $0.count == 3 && !$0[2].isEmpty })
    }

    @Test("the README's tables of the services' own settings are part of --help", arguments: ["workforce query"])
    func serviceSettings(command: String) async throws {
        let rows = readme.table(headed: "`\(command)`, beside those of `workforce consume`")
        let help = Set(Setting.all(in: try await output(of: command + " --help")).map(\.description))
        #expect(!rows.isEmpty)
        for row in rows {
            let told = Setting(name: Self.plain(row[0]), defaultText: Self.plain(row[1]))
            #expect(help.contains(told.description))
        }
    }

    @Test("every setting of every command is in the README")
    func allSettings() {
        let text = readme.lines.joined(separator: "\n")
        for setting in Self.settings {
            #expect(text.contains("`\(setting.name)`"), "\(setting.name) is not in the README")
        }
    }

    @Test("every setting, flag and program that the README speaks of is there")
    func names() throws {
        let settings = Self.settings
        let names = Set(settings.map(\.name) + Self.environmentOfMake + Self.environmentOfSamples)
        let options = [OutboxCommand.root, WorkforceCommand.root].flatMap(Self.options)
        let flags = Set(settings.map { "--\($0.flag)" } + options + ["--help", "--kafka-config"])
        let makefile = try String(
            decoding: Data(contentsOf: URL(filePath: "\(Checkout.path)/Makefile")), as: UTF8.self)
        let targets = readme.commands(of: "make").map(\.command) + readme.inlineCode.filter { $0.hasPrefix("make ") }
        #expect(targets.count > 2)
        for target in targets {
            let name = target.split(separator: " ")[1]
            #expect(makefile.contains("\n\(name):"), "there is no target of: \(target)")
        }
        for code in readme.inlineCode {
            let word = String(code.prefix { $0 != "=" && $0 != " " })
            if word.contains("_"), word.allSatisfy({ $0.isUppercase || $0 == "_" }), !word.hasPrefix("KAFKA_CONFIG_") {
                #expect(names.contains(word), "there is no setting \(word)")
            }
            if word.hasPrefix("--") { #expect(flags.contains(word), "there is no flag \(word)") }
        }
    }

    @Test("every command line in the README is one that the tools take")
    func commandLines() throws {
        for (tool, parser) in parsers {
            let lines = readme.commands(of: tool)
            #expect(!lines.isEmpty)
            for (command, comment) in lines {
                let words = Array(Self.words(command).dropFirst())
                try Self.expectRun(parser, words, command)
                // What the comment says of further options is true as well.
                for flag in comment.split(whereSeparator: { " ,;".contains($0) }) where flag.hasPrefix("--") {
                    try Self.expectRun(parser, words + [String(flag)], "\(command) \(flag)")
                }
            }
            for code in readme.inlineCode where code.hasPrefix("\(tool) ") {
                let words = Array(Self.words(code).dropFirst())
                #expect(throws: Never.self, "\(code)") { _ = try parser.parse(words + ["--help"]) }
            }
        }
    }

    @Test("the README's commands that need no more than a database do what they should")
    func running() async throws {
        let url = try await PostgresServer.shared().createDatabase("readme_tools")
        let told = (readme.commands(of: "outbox") + readme.commands(of: "workforce")).map(\.command)
        for command in [
            "outbox migrate", "outbox status", "outbox parked list", "outbox holds list",
            "outbox audit list --since 7d", "outbox lanes list",
            "workforce migrate",
        ] {
            #expect(told.contains(command))
            _ = try await output(of: command, environment: ["DATABASE_URL": url])
        }
        let script = try await output(of: "outbox migrate --print")
        #expect(script.contains("CREATE TABLE IF NOT EXISTS outbox_events"))
    }

    @Test("the README's exit statuses are those of --help")
    func exitStatuses() async throws {
        let told = readme.table(headed: "exit status").map { row in row[0].filter { $0 != " " } + " " + row[1] }
        let help = try await output(of: "outbox status --help")
        let shown = help.split(separator: "\n").drop { $0 != "EXIT STATUS" }.dropFirst().map { line in
            Self.words(String(line)).joined(separator: " ")
        }
        #expect(!told.isEmpty)
        #expect(told == shown)
    }

    // MARK: Helpers

    private static let settings =
        OutboxCommand.root.allSettings + WorkforceCommand.root.allSettings + RunbookCommand.command.allSettings

    /// The options of a command and of all below it.
    private static func options(of command: OutboxCommandLine.Command) -> [String] {
        command.options.map { "--\($0.name)" } + command.subcommands.flatMap(options)
    }

    /// Settings of what `make` starts.
    private static let environmentOfMake = [
        "KAFKA_HOME", "KAFKA_BOOTSTRAP_SERVERS", "POSTGRES_BIN", "TEST_PROCESSES", "TLA_TOOLS_JAR",
    ]
    /// Settings of what the articles' samples are run with.
    private static let environmentOfSamples = ["JDBC_URL"]

    private struct Setting: Comparable, CustomStringConvertible {
        let name: String
        let defaultText: String

        var description: String { "\(name)=\(defaultText)" }

        static func < (left: Setting, right: Setting) -> Bool { left.name < right.name }

        /// `  NAME, --flag <value>`, and behind it or in the next line the help with `(default: value)` at its end.
        static func all(in help: String) -> [Setting] {
            let lines = help.split(separator: "\n", omittingEmptySubsequences: false)
            var settings: [Setting] = []
            for line in lines.drop(while: { !$0.hasPrefix("SETTINGS") }).dropFirst().prefix(while: { !$0.isEmpty }) {
                if let name = line.firstMatch(of: /^ +([A-Z][A-Z_<>]+), --/)?.output.1 {
                    settings.append(Setting(name: String(name), defaultText: ""))
                }
                guard let setting = settings.last else { continue }
                let shown = line.firstMatch(of: /\(default: (.*)\)$/)?.output.1
                guard let text = line.hasSuffix("(required)") ? "required" : shown else { continue }
                settings[settings.count - 1] = Setting(name: setting.name, defaultText: String(text))
            }
            return settings
        }
    }

    private func output(of command: String, environment: [String: String?] = [:]) async throws -> String {
        let words = Self.words(command)
        let tool = try #require(BuiltTool(rawValue: words[0]))
        let process = try tool.start(Array(words.dropFirst()), environment: environment)
        try await process.waitForSuccess(within: .seconds(120))
        return process.output.text
    }

    private static func expectRun(_ parser: CommandParser, _ words: [String], _ command: String) throws {
        do throws(UsageError) {
            guard case .run = try parser.parse(words) else {
                Issue.record("does nothing: \(command)")
                return
            }
        } catch {
            Issue.record("\(command): \(error.problems.joined(separator: "; "))")
        }
    }

    private static func plain(_ cell: String) -> String { cell.filter { $0 != "`" } }

    /// Words apart from each other by spaces, or in double quotes.
    private static func words(_ command: String) -> [String] {
        command.split(separator: "\"", omittingEmptySubsequences: false).enumerated().flatMap { index, part in
            index.isMultiple(of: 2) ? part.split(separator: " ").map(String.init) : [String(part)]
        }
    }
}
