import Synchronization
import Testing

@testable import OutboxCommandLine

@Suite("Command line")
struct CommandParserTests {
    private static let limit = Option("limit", .integer(1...100), help: "how many", defaultValue: 20)
    private static let json = Flag("json", help: "for scripts")
    private static let kinds = Option("kind", .text("kind"), help: "which kinds", isRepeated: true)
    private static let batchSize = Setting(
        "OUTBOX_DISPATCH_BATCH_SIZE", .integer(1...100_000), help: "events of a batch", default: "500")
    private static let url = Setting(
        "DATABASE_URL", .text("url"), help: "database", isRequired: true,
        redact: { _ in "hidden" })

    private static func tool(_ seen: @escaping @Sendable (Invocation) -> Void = { _ in }) -> CommandLineTool {
        CommandLineTool(
            Command(
                "outbox", summary: "The outbox.",
                subcommands: [
                    Command(
                        "list", summary: "Lists.", options: [limit.definition, json.definition, kinds.definition],
                        arguments: [Argument("type", help: "the type", isRequired: false)],
                        settings: [batchSize.definition, url.definition], readsKafkaProperties: true
                    ) { invocation in
                        seen(invocation)
                        return .success
                    },
                    Command(
                        "show", summary: "Shows.", arguments: [Argument("id", help: "the event's id")]
                    ) { _ in .failure },
                ]), version: "1.2.3")
    }

    private struct Ran {
        var code: ExitCode
        var output: String
        var errors: [String]
        var invocation: Invocation?
    }

    private func run(_ arguments: String..., environment: [String: String] = ["DATABASE_URL": "x"]) async -> Ran {
        let output = Mutex("")
        let errors = Mutex<[String]>([])
        let invocation = Mutex<Invocation?>(nil)
        let code = await Self.tool { seen in invocation.withLock { $0 = seen } }.run(
            arguments, environment: environment, print: { text in output.withLock { $0 += text } },
            printError: { text in errors.withLock { $0.append(text) } })
        return Ran(
            code: code, output: output.withLock { $0 }, errors: errors.withLock { $0 },
            invocation: invocation.withLock { $0 })
    }

    @Test("options, flags, settings and arguments reach the command")
    func values() async throws {
        let ran = await run("list", "--limit", "5", "--json", "--dispatch-batch-size=7", "position")
        let invocation = try #require(ran.invocation)
        #expect(ran.code == .success)
        #expect(invocation[Self.limit] == 5)
        #expect(invocation[Self.json])
        #expect(invocation[Self.batchSize] == 7)
        #expect(invocation.arguments == ["position"])
    }

    @Test("an option that may be repeated keeps all its values; another one given twice is an error")
    func repeated() async throws {
        let invocation = try #require(await run("list", "--kind", "b", "--json", "--kind=a").invocation)
        #expect(invocation.values(of: Self.kinds) == ["b", "a"])
        #expect(try #require(await run("list").invocation).values(of: Self.kinds) == [])
        let twice = await run("list", "--limit", "1", "--limit", "2")
        #expect(twice.code == .usage)
        #expect(twice.errors.contains { $0.contains("--limit is given twice") })
        #expect(await run("list", "--help").output.contains("which kinds; may be repeated"))
    }

    @Test("defaults hold where nothing is given; a flag wins over the environment")
    func precedence() async throws {
        let defaults = try #require(await run("list").invocation)
        #expect(defaults[Self.limit] == 20)
        #expect(defaults[Self.batchSize] == 500)
        #expect(!defaults[Self.json])
        let environment = ["DATABASE_URL": "x", "OUTBOX_DISPATCH_BATCH_SIZE": "9"]
        #expect(await run("list", environment: environment).invocation?[Self.batchSize] == 9)
        #expect(
            await run("list", "--dispatch-batch-size", "11", environment: environment).invocation?[Self.batchSize]
                == 11)
    }

    @Test("all problems are told at once, each with name, value and what is allowed")
    func problems() async {
        let ran = await run(
            "list", "--limit", "900", "--jsn", "a", "b",
            environment: ["OUTBOX_DISPATCH_BATCH_SIZE": "many"])
        #expect(ran.code == .usage)
        #expect(ran.invocation == nil)
        #expect(ran.errors.contains { $0.contains("--limit is \"900\"") && $0.contains("1 to 100") })
        #expect(ran.errors.contains { $0.contains("--jsn") && $0.contains("did you mean --json?") })
        #expect(ran.errors.contains { $0.contains("OUTBOX_DISPATCH_BATCH_SIZE is \"many\"") })
        #expect(ran.errors.contains { $0.contains("DATABASE_URL is not set") })
    }

    @Test(
        "usage errors are named",
        arguments: [
            (["lst"], "did you mean list?"), (["show"], "missing argument <id>"),
            (["list", "--limit"], "needs a value"),
            (["list", "--json=1"], "takes no value"), (["list", "-x"], "unknown option -x"),
            (["show", "a", "b"], "unexpected argument: b"), (["list", "--kafka-config", "x"], "name=value"),
        ])
    func usage(arguments: [String], message: String) async {
        let errors = Mutex<[String]>([])
        let code = await Self.tool().run(
            arguments, environment: ["DATABASE_URL": "x"], print: { _ in },
            printError: { text in errors.withLock { $0.append(text) } })
        #expect(code == .usage)
        #expect(errors.withLock { $0.contains { $0.contains(message) } }, "\(errors.withLock { $0 })")
    }

    @Test("help and version are everywhere", arguments: [["--help"], [], ["list", "--help"], ["help", "list"]])
    func help(arguments: [String]) async {
        let output = Mutex("")
        let code = await Self.tool().run(
            arguments, environment: [:], print: { text in output.withLock { $0 += text } }, printError: { _ in })
        #expect(code == .success)
        let text = output.withLock { $0 }
        #expect(text.contains("USAGE"))
        if arguments.contains("list") {
            #expect(text.contains("--limit <n>"))
            #expect(text.contains("(default: 20)"))
            #expect(text.contains("OUTBOX_DISPATCH_BATCH_SIZE, --dispatch-batch-size <n>"))
            #expect(text.contains("KAFKA_CONFIG_<PROPERTY>"))
            #expect(text.contains("EXIT STATUS"))
        } else {
            #expect(text.contains("list") && text.contains("show"))
        }
    }

    @Test("--version prints the version")
    func version() async {
        #expect(await run("--version").output == "outbox 1.2.3")
        #expect(await run("list", "--version").output == "outbox 1.2.3")
    }

    @Test("what follows two dashes is an argument")
    func dashes() async {
        #expect(await run("list", "--", "--odd").invocation?.arguments == ["--odd"])
    }

    @Test("a misspelt variable is warned of")
    func misspelt() async {
        let ran = await run("list", environment: ["DATABASE_URL": "x", "OUTBOX_DISPATCH_BATCHSIZE": "5"])
        #expect(ran.code == .success)
        #expect(ran.errors.contains { $0.contains("did you mean OUTBOX_DISPATCH_BATCH_SIZE?") })
    }

    @Test("properties of librdkafka come from both; described settings hide secrets")
    func kafka() async throws {
        let ran = await run(
            "list", "--kafka-config", "linger.ms=5",
            environment: [
                "DATABASE_URL": "postgresql://u:geheim@h/d", "KAFKA_CONFIG_SASL_PASSWORD": "geheim",
                "KAFKA_CONFIG_LINGER_MS": "1", "KAFKA_CONFIG_SSL_KEY_PEM": "geheim",
            ])
        let invocation = try #require(ran.invocation)
        #expect(invocation.kafkaProperties["linger.ms"] == "5")
        #expect(invocation.kafkaProperties["sasl.password"] == "geheim")
        let described = invocation.describedSettings.map { "\($0.name)=\($0.value)" }
        #expect(!described.contains { $0.contains("geheim") })
        #expect(described.contains("OUTBOX_DISPATCH_BATCH_SIZE=500"))
        #expect(described.contains("DATABASE_URL=hidden"))
    }
}
