import FoundationEssentials
import LibPQ
import Testing
import Workforce

@Suite("Lists of the read model")
struct ReadModelPageTests {
    /// Five positions in two organizations; P2 has an active and an ended assignment, P3 one that is to come, P5 is
    /// deleted. Another tenant has the same codes.
    private func withLists(_ body: (WorkforceWorld) async throws -> Void) async throws {
        try await WorkforceWorld.run { world in
            for tenant in ["acme", "globex"] {
                try await world.catalog.create(with: world.service, context: world.context(tenant))
            }
            try await world.execute(
                CreateOrganization(code: "SALES", name: "Sales", unitType: "TEAM", effectiveDate: world.today))
            for code in ["P4", "P1", "P5", "P3", "P2"] {
                try await world.execute(
                    world.catalog.position(code: code, title: "Title 100% of \(code)", headcountCapacity: 2))
            }
            try await world.execute(world.catalog.position(code: "P1", title: "Foreign"), tenant: "globex")
            try await world.execute(UpdatePosition(code: "P3", organizationCode: "SALES"))
            try await world.execute(DeletePosition(code: "P5"))
            let ended = try await world.execute(world.fill("P2"))
            try await world.execute(
                CloseAssignment(positionCode: "P2", assignmentID: ended.outcome.assignmentId))
            var acting = world.fill("P2")
            (acting.employeeID, acting.assignmentType) = ("E2", .acting)
            try await world.execute(acting)
            try await world.execute(world.fill("P3", from: CalendarDate("2026-06-01")))
            try await world.execute(
                CreateJobLevelVersion(
                    code: "S3", name: "Senior", status: .inactive,
                    effectiveDate: try #require(CalendarDate("2026-06-01"))))
            try await world.apply(try await world.received())
            try await body(world)
        }
    }

    private func codes(_ world: WorkforceWorld, _ change: (inout PositionFilter) -> Void) async throws -> [String] {
        var filter = PositionFilter()
        change(&filter)
        return try await world.pool.withConnection {
            try await ReadModel(session: $0, tenantID: "acme").positions(filter).nodes.map(\.code)
        }
    }

    @Test("have every element once, in one order, whatever the page's size")
    func pages() async throws {
        try await withLists { world async throws in
            try await world.answering { model async throws in
                for size in 1...5 {
                    var seen: [String] = []
                    for page in 1...5 {
                        let request = try #require(PageRequest(page: page, pageSize: size))
                        let answer = try await model.positions(page: request)
                        #expect(answer.total == 4)
                        #expect(answer.nodes.count == max(0, min(size, 4 - (page - 1) * size)))
                        #expect(answer.hasNext == (page * size < 4))
                        #expect(answer.hasPrevious == (page > 1))
                        seen += answer.nodes.map(\.code)
                    }
                    #expect(seen == ["P1", "P2", "P3", "P4"])
                }
                let third = try #require(PageRequest(page: 3, pageSize: 1))
                #expect(try await model.assignments(page: third).total == 3)
                #expect(try await model.assignments(page: third).nodes.count == 1)
                let behind = try #require(PageRequest(page: 9, pageSize: 200))
                let nothing = try await model.assignments(page: behind)
                #expect(nothing.nodes.isEmpty && nothing.total == 3 && !nothing.hasNext && nothing.hasPrevious)
                #expect(try await model.organizations(page: behind).total == 2)
                #expect(try await model.jobLevels(page: behind).total == 2)
            }
        }
    }

    @Test("hold the very answers that are given one by one")
    func sameAnswers() async throws {
        try await withLists { world async throws in
            try await world.answering { model async throws in
                for position in try await model.positions().nodes {
                    #expect(try await model.position(code: position.code) == position)
                    #expect(position.recordId != nil)
                    #expect(position.positionType == "REGULAR")
                    #expect(position.employmentType == "FULL_TIME")
                    #expect(position.effectiveDate == world.today)
                }
                #expect(
                    try await model.assignments(AssignmentFilter(positionCode: "P2")).nodes
                        == model.assignments(positionCode: "P2"))
                for organization in try await model.organizations().nodes {
                    #expect(try await model.organization(code: organization.code) == organization)
                    #expect(organization.recordId != nil)
                }
                #expect(try await model.jobLevels().nodes == model.jobLevel(code: "S3"))
                #expect(
                    try await model.organizationNames(["SALES", "1000001", "NONE"])
                        == ["SALES": "Sales", "1000001": "Platform Engineering"])
            }
        }
    }

    @Test("of positions are filtered by each of the members")
    func positionFilter() async throws {
        try await withLists { world async throws in
            let all = ["P1", "P2", "P3", "P4"]
            #expect(try await codes(world) { _ in } == all)
            #expect(try await codes(world) { $0.codes = ["P4", "P1", "P5", "P9"] } == ["P1", "P4"])
            #expect(try await codes(world) { $0.codes = [] } == [])
            #expect(try await codes(world) { $0.statuses = [.partiallyFilled] } == ["P2"])
            #expect(try await codes(world) { $0.statuses = [.partiallyFilled, .vacant] } == all)
            #expect(try await codes(world) { $0.organizationCode = "SALES" } == ["P3"])
            #expect(try await codes(world) { $0.jobFamilyGroupCode = "TECH" } == all)
            #expect(try await codes(world) { $0.jobFamilyGroupCode = "NONE" } == [])
            #expect(try await codes(world) { $0.jobFamilyCode = "NONE" } == [])
            #expect(try await codes(world) { $0.jobRoleCode = "NONE" } == [])
            #expect(try await codes(world) { $0.jobLevelCode = "NONE" } == [])
            #expect(try await codes(world) { $0.positionType = "NONE" } == [])
            #expect(try await codes(world) { $0.employmentType = "FULL_TIME" } == all)
            #expect(try await codes(world) { $0.employmentType = "NONE" } == [])
            // No pattern: what has a meaning elsewhere has none here.
            #expect(try await codes(world) { $0.titleContains = "100% OF p3" } == ["P3"])
            #expect(try await codes(world) { $0.titleContains = "1%3" } == [])
            #expect(try await codes(world) { $0.titleContains = "'; DROP TABLE positions; --" } == [])
        }
    }

    @Test("of assignments are filtered by each of the members")
    func assignmentFilter() async throws {
        try await withLists { world async throws in
            func found(_ change: (inout AssignmentFilter) -> Void) async throws -> [String] {
                var filter = AssignmentFilter()
                change(&filter)
                return try await world.pool.withConnection {
                    try await ReadModel(session: $0, tenantID: "acme").assignments(filter).nodes.map {
                        "\($0.positionCode) \($0.assignmentStatus)"
                    }
                }
            }
            #expect(try await found { _ in } == ["P3 PENDING", "P2 ACTIVE", "P2 ENDED"])
            #expect(try await found { $0.positionCode = "P2" } == ["P2 ACTIVE", "P2 ENDED"])
            #expect(try await found { $0.organizationCode = "SALES" } == ["P3 PENDING"])
            #expect(try await found { $0.statuses = [.ended, .pending] } == ["P3 PENDING", "P2 ENDED"])
            #expect(try await found { $0.types = [.acting] } == ["P2 ACTIVE"])
            #expect(try await found { $0.employeeID = "E2" } == ["P2 ACTIVE"])
            #expect(try await found { $0.isCurrent = true } == ["P2 ACTIVE"])
            #expect(try await found { $0.isCurrent = false } == ["P3 PENDING", "P2 ENDED"])
            #expect(try await found { $0.asOfDate = world.today } == ["P2 ACTIVE", "P2 ENDED"])
            #expect(try await found { $0.asOfDate = CalendarDate("2026-03-02") } == ["P2 ACTIVE"])
            #expect(try await found { $0.asOfDate = CalendarDate("2026-02-28") } == [])
        }
    }

    @Test("of organizations and job levels are filtered by each of the members")
    func catalogFilters() async throws {
        try await withLists { world async throws in
            try await world.answering { model async throws in
                func organizations(_ change: (inout OrganizationFilter) -> Void) async throws -> [String] {
                    var filter = OrganizationFilter()
                    change(&filter)
                    return try await model.organizations(filter).nodes.map(\.code)
                }
                #expect(try await organizations { _ in } == ["1000001", "SALES"])
                #expect(try await organizations { $0.codes = ["SALES"] } == ["SALES"])
                #expect(try await organizations { $0.statuses = [.inactive] } == [])
                #expect(try await organizations { $0.unitType = "TEAM" } == ["SALES"])
                #expect(try await organizations { $0.nameContains = "form" } == ["1000001"])
                func levels(_ change: (inout JobLevelFilter) -> Void) async throws -> [String] {
                    var filter = JobLevelFilter()
                    change(&filter)
                    return try await model.jobLevels(filter).nodes.map { "\($0.code) \($0.effectiveDate)" }
                }
                #expect(try await levels { $0.code = "S3" } == ["S3 2026-06-01", "S3 2026-03-01"])
                #expect(try await levels { $0.code = "S4" } == [])
                #expect(try await levels { $0.roleCode = "NONE" } == [])
                #expect(try await levels { $0.statuses = [.active] } == ["S3 2026-03-01"])
                #expect(try await levels { $0.asOfDate = CalendarDate("2026-05-31") } == ["S3 2026-03-01"])
                #expect(try await levels { $0.asOfDate = CalendarDate("2026-06-01") } == ["S3 2026-06-01"])
                #expect(try await levels { $0.asOfDate = CalendarDate("2026-02-28") } == [])
            }
        }
    }

    @Test("never hold what another tenant has")
    func tenants() async throws {
        try await withLists { world async throws in
            try await world.answering("globex") { model async throws in
                #expect(try await model.positions().nodes.map(\.title) == ["Foreign"])
                #expect(try await model.assignments().total == 0)
                #expect(try await model.organizations().nodes.map(\.code) == ["1000001"])
                #expect(try await model.jobLevels().total == 1)
                #expect(try await model.organizationNames(["SALES"]) == [:])
            }
            try await world.answering("nobody") { model async throws in
                #expect(try await model.positions().total == 0)
                #expect(try await model.jobLevels().total == 0)
            }
        }
    }

    @Test("of the contract's first edition show nothing where its events said nothing")
    func firstEdition() async throws {
        try await withLists { world async throws in
            try await world.pool.withConnection {
                try await $0.run(
                    script: """
                        UPDATE read_model.positions SET record_id = NULL, position_type = NULL, employment_type = NULL,
                            effective_date = NULL;
                        UPDATE read_model.organizations SET record_id = NULL;
                        UPDATE read_model.job_level_versions SET name = NULL;
                        """)
            }
            try await world.answering { model async throws in
                #expect(try await model.position(code: "P1")?.recordId == nil)
                #expect(try await model.positions().nodes.count == 4)
                #expect(try await model.organizations().nodes.map(\.recordId) == [nil, nil])
                #expect(try await model.jobLevels().nodes.map(\.name) == [nil, nil])
            }
        }
    }
}
