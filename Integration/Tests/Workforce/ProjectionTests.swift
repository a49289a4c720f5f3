import FoundationEssentials
import IdempotentConsumer
import LibPQ
import Outbox
import Testing
import Workforce

@Suite("The read model of the reference domain")
struct ProjectionTests {
    @Test("is the same in whatever order the aggregates' events come in, and says what the command database says")
    func anyOrder() async throws {
        try await WorkforceWorld.run { world in
            var commands = RandomCommands(world: world, tenants: ["acme", "globex"], positions: 6, seed: 1)
            try await commands.prepare()
            for _ in 0..<400 { try await commands.step() }
            let events = try await world.received()
            #expect(events.count > 400)
            #expect(Set(events.map(\.eventType)).count == WorkforceEventType.allCases.count)
            try await world.apply(events)
            let expected = try await world.readModel()
            #expect(try await world.differences() == [])

            let aggregates = Dictionary(grouping: events) { "\($0.aggregateType) \($0.aggregateID)" }.sorted {
                $0.key < $1.key
            }
            var generator = SeededNumbers(seed: 2)
            for round in 0..<8 {
                try await world.forget()
                var rest = mixed(aggregates.map(\.value), using: &generator)[...]
                while !rest.isEmpty {
                    let batch = rest.prefix(Int.random(in: 1...60, using: &generator))
                    rest = rest.dropFirst(batch.count)
                    try await world.apply(Array(batch))
                }
                #expect(try await world.readModel() == expected, "round \(round)")
            }
        }
    }

    @Test("does not change when any event comes again late")
    func again() async throws {
        try await WorkforceWorld.run { world in
            var commands = RandomCommands(world: world, tenants: ["acme"], positions: 3, seed: 3)
            try await commands.prepare()
            for _ in 0..<60 { try await commands.step() }
            let events = try await world.received()
            try await world.apply(events)
            let expected = try await world.readModel()
            for event in events {
                try await world.apply([event])
                try #require(try await world.readModel() == expected, "\(event.eventType) \(event.sequence)")
            }
        }
    }

    @Test("is the same when partitions that touch the same positions are applied side by side")
    func sideBySide() async throws {
        try await WorkforceWorld.run { world in
            var commands = RandomCommands(world: world, tenants: ["acme", "globex"], positions: 5, seed: 4)
            try await commands.prepare()
            for _ in 0..<250 { try await commands.step() }
            let events = try await world.received()
            try await world.apply(events)
            let expected = try await world.readModel()
            try await world.forget()
            let partitions = Dictionary(grouping: events) { event in
                event.aggregateType + String(event.aggregateID.utf8.reduce(0) { $0 &+ Int($1) } % 3)
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for partition in partitions.values {
                    group.addTask {
                        for start in stride(from: 0, to: partition.count, by: 7) {
                            // No retries: a deadlock is to be seen.
                            try await world.pool.withTransaction(retries: 0) {
                                try await WorkforceProjection().apply(
                                    Array(partition[start..<min(start + 7, partition.count)]), in: $0)
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await world.readModel() == expected)
        }
    }

    @Test("knows an assignment before its position, and answers the position once it comes")
    func assignmentFirst() async throws {
        try await WorkforceWorld.run { world in
            try await world.catalog.create(with: world.service, context: world.context())
            try await world.execute(world.catalog.position(code: "P1", title: "Engineer", headcountCapacity: 1.5))
            let filled = try await world.execute(world.fill("P1", fte: 0.7))
            let events = try await world.received()
            try await world.apply(events.filter { $0.aggregateType == "assignment" })
            try await world.answering { model async throws in
                #expect(try await model.position(code: "P1") == nil)
                #expect(try await model.assignments(positionCode: "P1").count == 1)
                let stats = try #require(try await model.assignmentStats(positionCode: "P1"))
                #expect(stats.activeAssignments == 1)
                #expect(stats.organizationCode == nil)
            }
            // The position's first event is older than what its assignment said of the head count.
            try await world.apply(events.filter { $0.eventType == "position.created" })
            try await world.answering { model async throws in
                let position = try #require(try await model.position(code: "P1"))
                #expect(position.title == "Engineer")
                #expect(position.headcountInUse == 0.7)
                #expect(position.availableHeadcount == 0.8)
                #expect(position.status == .partiallyFilled)
                #expect(position.currentAssignment?.assignmentId == filled.outcome.assignmentId)
                #expect(position.createdAt == Timestamp(WorkforceWorld.now))
            }
        }
    }

    @Test("shows the ended assignment of a position that was filled and closed, and no head count in use")
    func closed() async throws {
        try await WorkforceWorld.run { world in
            try await world.catalog.create(with: world.service, context: world.context())
            try await world.execute(world.catalog.position(code: "P1000033", title: "Engineer"))
            let id = try await world.execute(world.fill("P1000033")).outcome.assignmentId
            try await world.execute(CloseAssignment(positionCode: "P1000033", assignmentID: id))
            try await world.apply(world.received())
            try await world.answering { model async throws in
                let position = try #require(try await model.position(code: "P1000033"))
                #expect(position.headcountInUse == 0)
                #expect(position.status == .vacant)
                #expect(position.currentAssignment == nil)
                #expect(position.assignmentHistory.map(\.assignmentId) == [id])
                #expect(position.assignmentHistory.first?.assignmentStatus == .ended)
                #expect(position.assignmentHistory.first?.endDate == world.today)
                #expect(try await model.jobLevel(code: "S3").map(\.levelRank) == [3])
                #expect(try await model.organization(code: "1000001")?.name == "Platform Engineering")
                #expect(try await model.assignmentStats(organizationCode: "1000001").endedAssignments == 1)
            }
            try await world.answering("globex") { model async throws in
                #expect(try await model.position(code: "P1000033") == nil)
                #expect(try await model.assignments(positionCode: "P1000033") == [])
                #expect(try await model.assignmentStats(positionCode: "P1000033") == nil)
                #expect(try await model.assignmentStats(organizationCode: "1000001").totalAssignments == 0)
                #expect(try await model.organization(code: "1000001") == nil)
                #expect(try await model.jobLevel(code: "S3") == [])
            }
            try await world.execute(DeletePosition(code: "P1000033"))
            try await world.apply(world.received())
            try await world.answering { model async throws in
                #expect(try await model.position(code: "P1000033") == nil)
                #expect(try await model.assignments(positionCode: "P1000033").count == 1)
            }
        }
    }

    @Test("cached answers are those of the read model, each tenant's own; what has no answer has none")
    func cachedAnswers() async throws {
        try await WorkforceWorld.run { world in
            for tenant in ["acme", "globex"] {
                try await world.catalog.create(with: world.service, context: world.context(tenant))
                try await world.execute(world.catalog.position(code: "P1", title: "Of \(tenant)"), tenant: tenant)
            }
            try await world.execute(world.fill("P1"))
            let events = try await world.received()
            try await world.apply(events)
            let projection = WorkforceProjection()
            let keys = Set(events.flatMap { projection.cacheKeys(touchedBy: $0) })
            #expect(keys.count == 4)
            let asked = keys.sorted() + ["org:position:acme:NONE:v1", "nonsense"]
            let answers = try await world.pool.withConnection { try await projection.answers(for: asked, in: $0) }
            #expect(Set(answers.keys) == keys)
            for (tenant, inUse) in [("acme", 1), ("globex", 0)] {
                let key = TenantKey(tenantID: tenant, code: "P1")
                let position = try JSONDecoder().decode(
                    PositionAnswer.self,
                    from: Data(try #require(WorkforceCacheKey.position(key).text.flatMap { answers[$0] })))
                let stats = try JSONDecoder().decode(
                    AssignmentStatsAnswer.self,
                    from: Data(try #require(WorkforceCacheKey.assignmentStats(key).text.flatMap { answers[$0] })))
                try await world.answering(tenant) { model async throws in
                    #expect(try await model.position(code: "P1") == position)
                    #expect(try await model.assignmentStats(positionCode: "P1") == stats)
                }
                #expect(position.title == "Of \(tenant)")
                #expect(position.headcountInUse == Double(inUse))
                #expect(stats.totalAssignments == inUse)
                #expect(stats.organizationCode == "1000001")
            }
        }
    }

    private func mixed(
        _ lists: [[ReceivedEvent]], using generator: inout SeededNumbers
    ) -> [ReceivedEvent] {
        var rest = lists.map { $0[...] }.shuffled(using: &generator)
        var result: [ReceivedEvent] = []
        while !rest.isEmpty {
            // Among a few only, or the aggregates with the most events would always be the last to end.
            let index = Int.random(in: 0..<min(4, rest.count), using: &generator)
            // Runs of one aggregate, as a partition that is ahead of the others gives them.
            let run = rest[index].prefix(Int.random(in: 1...5, using: &generator))
            result += run
            rest[index].removeFirst(run.count)
            if rest[index].isEmpty { rest.remove(at: index) }
        }
        return result
    }
}

extension WorkforceWorld {
    func answering(_ tenant: String = "acme", _ body: (ReadModel) async throws -> Void) async throws {
        try await pool.withConnection { try await body(ReadModel(session: $0, tenantID: tenant)) }
    }

    func forget() async throws {
        try await pool.withConnection {
            try await $0.run(
                script: """
                    TRUNCATE read_model.organizations, read_model.job_level_versions, read_model.positions,
                        read_model.position_staffing, read_model.assignments
                    """)
        }
    }

    /// All of it, line by line.
    func readModel() async throws -> [String] {
        try await lines(
            """
            SELECT 'organization ' || t::text FROM read_model.organizations AS t
            UNION ALL SELECT 'job level ' || t::text FROM read_model.job_level_versions AS t
            UNION ALL SELECT 'position ' || t::text FROM read_model.positions AS t
            UNION ALL SELECT 'staffing ' || t::text FROM read_model.position_staffing AS t
            UNION ALL SELECT 'assignment ' || t::text FROM read_model.assignments AS t
            ORDER BY 1
            """)
    }

    /// What the command database says and the read model does not, and the other way round.
    func differences() async throws -> [String] {
        try await lines(
            """
            WITH command AS (
                SELECT concat_ws('|', 'position', tenant_id, code, title, organization_code, job_level_code, record_id,
                    position_type, employment_type, effective_date, CASE WHEN is_deleted THEN 'DELETED' ELSE status END,
                    headcount_capacity::float8, headcount_in_use::float8, is_deleted) AS line
                FROM positions
                UNION ALL
                SELECT concat_ws('|', 'assignment', tenant_id, assignment_id, position_code, employee_name, status,
                    assignment_type, fte::float8, effective_date, end_date)
                FROM assignments
                UNION ALL
                SELECT concat_ws('|', 'level', tenant_id, code, effective_date, record_id, name, status)
                FROM job_level_versions
                UNION ALL
                SELECT concat_ws('|', 'organization', tenant_id, code, record_id, name, unit_type, status) FROM organizations
            ), query AS (
                SELECT concat_ws('|', 'position', p.tenant_id, p.code, title, organization_code, job_level_code, record_id,
                    position_type, employment_type, effective_date, status, headcount_capacity, headcount_in_use, is_deleted) AS line
                FROM read_model.positions AS p JOIN read_model.position_staffing USING (tenant_id, code)
                UNION ALL
                SELECT concat_ws('|', 'assignment', tenant_id, assignment_id, position_code, employee_name, status,
                    assignment_type, fte, effective_date, end_date)
                FROM read_model.assignments
                UNION ALL
                SELECT concat_ws('|', 'level', tenant_id, code, effective_date, record_id, name, status)
                FROM read_model.job_level_versions
                UNION ALL
                SELECT concat_ws('|', 'organization', tenant_id, code, record_id, name, unit_type, status)
                FROM read_model.organizations
            )
            SELECT 'only command: ' || line FROM (TABLE command EXCEPT ALL TABLE query) AS missing
            UNION ALL
            SELECT 'only query: ' || line FROM (TABLE query EXCEPT ALL TABLE command) AS extra
            """)
    }

    private func lines(_ statement: PQStatement) async throws -> [String] {
        try await pool.withConnection { connection in
            try await connection.query(statement).rows.map { try $0.decode(0, as: String.self) }
        }
    }
}
