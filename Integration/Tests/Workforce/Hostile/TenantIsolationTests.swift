import LibPQ
import Outbox
import Servers
import Testing
import Workforce

@Suite("Tenants in the query service")
struct TenantIsolationTests {
    /// Positions, assignments, an organization and job levels, all of the same codes and with texts of the tenant's own.
    private func write(_ tenant: String, _ world: WorkforceWorld, assignments: Int) async throws {
        let context = world.context(tenant)
        try await world.catalog.create(with: world.service, context: context)
        func execute(_ command: some Command) async throws {
            _ = try await world.service.execute(command, context: context)
        }
        try await execute(UpdateOrganization(code: "1000001", name: "\(tenant)-organization"))
        let capacity = Double(assignments) + 0.25
        for code in ["P1", "P2"] {
            try await execute(
                world.catalog.position(code: code, title: "\(tenant)-title", headcountCapacity: capacity))
            for number in 1...assignments {
                try await execute(
                    FillPosition(
                        positionCode: code, employeeID: "\(tenant)-\(number)", employeeName: "\(tenant)-employee",
                        fte: 1, effectiveDate: world.today))
            }
        }
        try await execute(
            CreateJobLevelVersion(
                code: "S3", name: "\(tenant)-level", effectiveDate: try #require(CalendarDate("2026-09-01"))))
    }

    @Test("what a tenant is answered, field by field, is the same whatever another tenant of the same codes has")
    func fields() async throws {
        try await RunningServices.run(withQueries: true) { services in
            let world = services.world
            try await write("globex", world, assignments: 1)
            try await services.catchUp()
            let documents = try await SchemaFields { try await services.ask($0, tenant: "acme") }.documents()

            func answers(_ tenant: String) async throws -> [String] {
                var answers: [String] = []
                for document in documents {
                    let answer = try await services.ask(document, tenant: tenant)
                    answers.append(String(decoding: answer.serialized(), as: UTF8.self))
                }
                return answers
            }
            let before = ["globex": try await answers("globex"), "initech": try await answers("initech")]

            try await write("hooli", world, assignments: 3)
            try await services.catchUp()
            // First the one whose data is new, so that a cache that mixed tenants up would have it.
            let theirs = try await answers("hooli")
            #expect(theirs.count { !$0.contains("\"errors\"") } > 100)
            for (tenant, expected) in before {
                for (document, (now, then)) in zip(documents, zip(try await answers(tenant), expected)) {
                    #expect(now == then, "\(tenant) \(document)")
                    #expect(!now.contains("hooli"), "\(tenant) \(document)")
                }
            }
            #expect(try await world.text("SELECT count(*)::text FROM query_cache") != "0")
            // The other one has something to hide in all of this.
            let text = theirs.joined()
            for marker in ["title", "organization", "employee", "level"] { #expect(text.contains("hooli-\(marker)")) }
            #expect(!text.contains("globex"))
            let metrics = try await services.queryClient().get("/metrics").text
            #expect(!metrics.contains("hooli") && !metrics.contains("globex"))
        }
    }

    @Test("a token opens no other tenant, and a sequence of another tenant is not told")
    func tokens() async throws {
        try await RunningServices.run(withQueries: true) { services in
            let world = services.world
            try await write("globex", world, assignments: 1)
            try await write("hooli", world, assignments: 3)
            try await services.catchUp()
            let document = "{ position(code: \"P1\") { title } }"
            for headers in [["X-Tenant-ID": "hooli"], ["X-Tenant-ID": "hooli,globex"], ["X-Tenant-ID": ""]] {
                let answer = try await services.graphQL(document, tenant: "globex", headers: headers)
                #expect(answer.status == 403)
                #expect(!answer.text.contains("hooli"))
            }
            func last(_ tenant: String) async throws -> String {
                try await world.text(
                    """
                    SELECT max(id)::text FROM outbox_events
                    WHERE aggregate_id = 'P1' AND payload ->> 'tenantId' = \(tenant)
                    """)
            }
            let (own, foreign) = (try await last("globex"), try await last("hooli"))
            let reached = try await services.graphQL(
                document, tenant: "globex", headers: ["X-Min-Sequence": "P1=\(own)"])
            #expect(reached.status == 200)
            let waiting = try await services.graphQL(
                document, tenant: "globex", headers: ["X-Min-Sequence": "P1=\(foreign)"])
            #expect(waiting.status == 504)
            #expect(waiting.text.contains("\"reached\":\(own)"))
        }
    }
}
