import FoundationEssentials
import Servers
import Testing

@Suite("Runbook")
struct RunbookTests {
    @Test("all steps pass on servers of its own, and leave evidence without secrets")
    func ownServers() async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let evidence = "\(folder.path)/evidence"
        let runbook = try BuiltTool.runbook.start(["--evidence", evidence], environment: Self.environment)
        let status = try await runbook.waitForExit(within: .seconds(400))
        #expect(status == .exited(0), "\(runbook.output.text)")
        let summary = try text("\(evidence)/summary.txt")
        for step in ["O1", "O2", "O3", "O4", "O5", "O6"] {
            #expect(summary.contains(try Regex("(?m)^\(step) .* passed ")), "\(summary)")
        }
        let isDrawn = PrometheusServer.program != nil
        #expect(summary.contains(try Regex("(?m)^O7 .* \(isDrawn ? "passed" : "skipped") ")), "\(summary)")
        let files = try FileManager.default.contentsOfDirectory(atPath: evidence).sorted()
        #expect(
            files.filter { $0.hasPrefix("O") } == [
                "O1-environment.txt", "O2-requests.txt", "O3-outbox-events.txt", "O4-metrics.txt",
                "O5-dispatcher-log.txt", "O6-graphql.txt",
            ] + (isDrawn ? ["O7-promql.txt"] : []))
        for file in files {
            let text = try text("\(evidence)/\(file)")
            #expect(!text.isEmpty)
            #expect(!text.contains(/eyJ[A-Za-z0-9_-]{10}/), "\(file) holds a token")
        }
        #expect(try text("\(evidence)/O2-requests.txt").contains("JOB_CATALOG_TEMPORAL_CONFLICT"))
    }

    @Test("given services are proved too, and what is not as expected fails the run", .requiresBroker)
    func givenServices() async throws {
        try await GivenServices.with { services in
            let good = try await services.prove()
            #expect(good.status == .exited(0), "\(good.output)")
            #expect(good.output.contains("DISPATCHER_LOG is not set"))
            #expect(good.output.contains("no Prometheus") && good.output.contains("no Grafana"))

            let wrong = try await services.prove(
                scenarios: """
                    [
                        {"name": "a wrong status", "request": "POST /api/v1/organization-units", "body": {}, "status": 201},
                        {"name": "a wrong rule", "request": "POST /api/v1/organization-units", "body": {}, "status": 400,
                            "error": {"rule": "NO-SUCH-RULE"}},
                        {"name": "a missing event", "request": "POST /api/v1/job-family-groups", "status": 201,
                            "body": {"code": "A", "name": "A", "status": "ACTIVE", "effectiveDate": "2026-01-01"},
                            "events": ["position.created"]}
                    ]
                    """)
            #expect(wrong.status == .exited(1))
            let summary = wrong.output.split(separator: "\n").filter { $0.hasPrefix("✗") }
            #expect(summary.contains { $0.contains("O2") && $0.contains("a wrong status: 201; but status is 400") })
            #expect(summary.contains { $0.contains("O2") && $0.contains("NO-SUCH-RULE") })
            #expect(summary.contains { $0.contains("O3") && $0.contains("a missing event") })
            #expect(!summary.contains { $0.contains("O2") && $0.contains("a missing event") })

            try await services.stopDispatcher()
            let stuck = try await services.prove(metrics: services.commandAddress)
            #expect(stuck.status == .exited(1))
            #expect(stuck.output.contains("✗ O3: all"))
            #expect(stuck.output.contains("✗ O4"))
            #expect(stuck.output.contains("✗ O6"))
        }
    }

    @Test("Prometheus is asked, and Grafana's panel is drawn", .requiresBroker, .requires(program: "prometheus"))
    func dashboards() async throws {
        try await GivenServices.with { services in
            let prometheus = try await services.prometheus()
            for canDraw in [true, false] {
                let grafana = try StandInGrafana.start(canDraw: canDraw)
                let run = try await services.prove([
                    "PROMETHEUS_URL": "http://\(prometheus.address)", "GRAFANA_URL": "http://\(grafana.address)",
                    "GRAFANA_TOKEN": StandInGrafana.token,
                ])
                await grafana.stop()
                #expect(run.status == .exited(0), "\(run.output)")
                #expect(run.output.contains("✓ sum(outbox_dispatch_success_total) is"))
                #expect(run.output.contains("✓ Grafana draws it") == canDraw)
                #expect(run.output.contains("no image renderer") == !canDraw)
            }
            let refused = try StandInGrafana.start(canDraw: true)
            let run = try await services.prove(["GRAFANA_URL": "http://\(refused.address)"])
            await refused.stop()
            #expect(run.status == .exited(1))
            #expect(run.output.contains("✗ O7") && run.output.contains("Grafana answered 401"))
            try await prometheus.stop()
        }
    }

    @Test("what can't be reached fails, and settings that make no sense are refused")
    func unusable() async throws {
        let nowhere = [
            "COMMAND_URL": "http://127.0.0.1:1", "QUERY_URL": "http://127.0.0.1:1", "METRICS_URL": "http://127.0.0.1:1",
            "DATABASE_URL": "postgresql://127.0.0.1:1/none",
        ]
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let unreachable = try await run(["--evidence", folder.path, "--wait", "1s"], nowhere)
        #expect(unreachable.status == .exited(1))
        #expect(unreachable.output.contains("✗ O1"))

        for (arguments, changes, problem) in [
            ([], ["COMMAND_URL": "nowhere"], "COMMAND_URL"), ([], ["QUERY_URL": "http://127.0.0.1:1"], "COMMAND_URL"),
            (["--scenarios", "/nowhere.json"], [:], "/nowhere.json"), (["--wait", "soon"], [:], "--wait"),
        ] as [([String], [String: String], String)] {
            let refused = try await run(["--evidence", folder.path] + arguments, changes)
            #expect(refused.status == .exited(2), "\(arguments) \(changes)")
            #expect(refused.output.contains("error: ") && refused.output.contains(problem), "\(refused.output)")
        }
    }

    private func run(
        _ arguments: [String], _ changes: [String: String]
    ) async throws -> (status: Servers.ExitStatus, output: String) {
        let runbook = try BuiltTool.runbook.start(arguments, environment: Self.environment.merging(changes) { $1 })
        let status = try await runbook.waitForExit(within: .seconds(60))
        return (status, runbook.output.text + runbook.errorOutput.text)
    }

    /// Nothing of what the user has set for a runbook of their own.
    static let environment: [String: String?] = [
        "COMMAND_URL": nil, "QUERY_URL": nil, "METRICS_URL": nil, "DATABASE_URL": nil, "PROMETHEUS_URL": nil,
        "GRAFANA_URL": nil, "GRAFANA_TOKEN": nil, "DISPATCHER_LOG": nil, "WORKFORCE_JWT_SECRET": nil,
    ]

    private func text(_ path: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
    }
}
