import Servers
import Testing

@Suite("Tools: settings")
struct SettingsTests {
    @Test("bad settings are named, all at once, with value and what is allowed, and nothing is done")
    func dispatcher() async throws {
        try await expectProblems(
            .outbox, ["dispatch", "--dispatch-batch-size", "0", "--dispatch-lane=7"],
            [
                "DATABASE_URL": nil, "KAFKA_BOOTSTRAP_SERVERS": nil, "OUTBOX_DISPATCH_INTERVAL": "soon",
                "OUTBOX_DISPATCH_LANES": "63", "OUTBOX_DISPATCH_RETENTION": "-1h", "OUTBOX_HEADER_STYLE": "avro",
                "OUTBOX_HTTP_ADDRESS": "nowhere", "OUTBOX_LOG_FORMAT": "xml", "OUTBOX_TOPIC_TEMPLATE": "events",
            ],
            [
                ["DATABASE_URL", "not set"], ["--dispatch-batch-size", #""0""#, "allowed", "100000"],
                ["--dispatch-lane", "did you mean --dispatch-lanes"],
                ["OUTBOX_DISPATCH_INTERVAL", #""soon""#, "allowed", "5s"],
                ["OUTBOX_DISPATCH_LANES", #""63""#, "allowed", "power of two"],
                ["OUTBOX_DISPATCH_RETENTION", #""-1h""#, "allowed", "none"],
                ["OUTBOX_HEADER_STYLE", #""avro""#, "allowed", "native", "cloudevents", "debezium"],
                ["OUTBOX_HTTP_ADDRESS", #""nowhere""#, "allowed", "host:port", "off"],
                ["OUTBOX_LOG_FORMAT", #""xml""#, "allowed", "logfmt", "json"],
                ["OUTBOX_TOPIC_TEMPLATE", #""events""#, "allowed", "{aggregateType}"],
            ])
    }

    @Test("the consumer's too")
    func consumer() async throws {
        try await expectProblems(
            .workforce, ["consume"],
            [
                "QUERY_DATABASE_URL": nil, "OUTBOX_LOG_LEVEL": "loud", "OUTBOX_TOPIC_TEMPLATE": "events",
                "QUERY_CACHE_URL": "rediss://:secret@cache",
                "WORKFORCE_PARALLELISM": "0", "WORKFORCE_INBOX_RETENTION": "1s",
            ],
            [
                ["QUERY_DATABASE_URL", "not set"], ["OUTBOX_LOG_LEVEL", #""loud""#, "allowed", "debug"],
                ["OUTBOX_TOPIC_TEMPLATE", #""events""#, "allowed", "{aggregateType}"],
                ["QUERY_CACHE_URL", "<invalid Redis URL>", "allowed", "redis://", "TLS"],
                ["WORKFORCE_PARALLELISM", #""0""#, "allowed", "64"],
                ["WORKFORCE_INBOX_RETENTION", #""1s""#, "allowed"],
            ])
    }

    @Test(
        "a Kafka property that librdkafka does not take is named with its value", .requiresBroker,
        arguments: [BuiltTool.outbox, .workforce])
    func kafkaProperty(tool: BuiltTool) async throws {
        try await Chain.with { chain in
            let process = try chain.start(
                tool, [tool == .outbox ? "dispatch" : "consume"], ["KAFKA_CONFIG_SECURITY_PROTOCOL": "carrier_pigeon"])
            #expect(try await process.waitForExit(within: .seconds(60)) == .exited(2))
            let error = process.errorOutput.lines().map(\.text).last { $0.hasPrefix("error: ") }
            #expect(error?.contains("security.protocol") == true)
            #expect(error?.contains("carrier_pigeon") == true)
        }
    }

    @Test("a server that can't be reached has an exit status of its own, and the password stays out of the message")
    func unreachable() async throws {
        let process = try BuiltTool.outbox.start(
            ["status"], environment: ["DATABASE_URL": "postgresql://user:s3cret@127.0.0.1:1/none"])
        #expect(try await process.waitForExit(within: .seconds(60)) == .exited(3))
        #expect(process.errorOutput.text.hasPrefix("error: "))
        #expect(!process.errorOutput.text.contains("s3cret"))
    }

    @Test("the start-up log shows every setting, secrets hidden", .requiresBroker, arguments: ["logfmt", "json"])
    func startUpLog(format: String) async throws {
        try await Chain.with { chain in
            func withPassword(_ url: String) -> String { url.replacing("postgres@", with: "postgres:s3cret@") }
            let changes: [String: String?] = [
                "DATABASE_URL": withPassword(chain.outbox.url), "QUERY_DATABASE_URL": withPassword(chain.queryURL),
                "KAFKA_CONFIG_SASL_PASSWORD": "hunter2", "OUTBOX_LOG_FORMAT": format, "OUTBOX_LOG_LEVEL": "debug",
            ]
            let outbox = [
                "DATABASE_URL", "KAFKA_BOOTSTRAP_SERVERS", "OUTBOX_DISPATCH_INTERVAL", "OUTBOX_DISPATCH_BATCH_SIZE",
                "OUTBOX_DISPATCH_MAX_RETRY", "OUTBOX_DISPATCH_BACKOFF_BASE", "OUTBOX_DISPATCH_METRIC_PREFIX",
                "OUTBOX_DISPATCH_LANES", "OUTBOX_DISPATCH_LEASE", "OUTBOX_DISPATCH_RETENTION", "OUTBOX_TOPIC_TEMPLATE",
                "OUTBOX_HEADER_STYLE", "OUTBOX_HTTP_ADDRESS", "OUTBOX_LOG_LEVEL", "OUTBOX_LOG_FORMAT", "sasl.password",
            ]
            let workforce = [
                "QUERY_DATABASE_URL", "KAFKA_BOOTSTRAP_SERVERS", "OUTBOX_TOPIC_TEMPLATE", "OUTBOX_HTTP_ADDRESS",
                "WORKFORCE_GROUP", "WORKFORCE_PARALLELISM", "WORKFORCE_INBOX_RETENTION", "sasl.password",
            ]
            for (process, names) in [
                (try chain.dispatcher(changes), outbox), (try chain.consumer(changes), workforce),
            ] {
                let line = try await process.waitForLine(containing: "sasl.password", within: .seconds(60)).text
                for name in names { #expect(line.contains(name), "\(process.name)") }
                #expect(line.contains(chain.template))
                try await process.waitUntilReady()
                #expect(try await process.stop(within: .seconds(60)) == .exited(0))
                for output in [process.output.text, process.errorOutput.text] {
                    #expect(!output.contains("s3cret") && !output.contains("hunter2"))
                }
            }
        }
    }

    /// - Parameter problems: of each line of the error output, in any order, what it contains.
    private func expectProblems(
        _ tool: BuiltTool, _ arguments: [String], _ environment: [String: String?], _ problems: [[String]]
    ) async throws {
        let process = try tool.start(arguments, environment: environment)
        #expect(try await process.waitForExit(within: .seconds(60)) == .exited(2))
        #expect(process.output.text == "")
        let lines = process.errorOutput.lines().map(\.text)
        #expect(lines.count == problems.count, "\(lines)")
        for problem in problems {
            let isNamed = lines.contains { line in
                line.hasPrefix("error: ") && problem.allSatisfy { line.contains($0) }
            }
            #expect(isNamed, "\(problem) in \(lines)")
        }
    }
}
