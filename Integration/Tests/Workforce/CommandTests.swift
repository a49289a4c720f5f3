import FoundationEssentials
import IdempotentConsumer
import LibPQ
import Outbox
import Synchronization
import Testing
import Workforce

@Suite("Commands of the reference domain")
struct CommandTests {
    @Test("a position is created, filled and vacated by closing; each step writes its rows, audit and events at once")
    func life() async throws {
        try await WorkforceWorld.run { world in
            let prepared = try await world.catalog.create(with: world.service, context: world.context())
            #expect(prepared.map(\.type) == [.organizationCreated, .jobLevelVersionCreated])
            let created = try await world.execute(world.catalog.position(code: "P1000033", title: "Engineer"))
            #expect(created.events.map(\.type) == [.positionCreated])
            let filled = try await world.execute(world.fill("P1000033"))
            #expect(filled.events.map(\.type) == [.assignmentFilled, .positionUpdated])
            #expect(filled.outcome.positionStatus == .filled)
            #expect(filled.outcome.headcountInUse == 1)
            let closed = try await world.execute(
                CloseAssignment(positionCode: "P1000033", assignmentID: filled.outcome.assignmentId))
            #expect(closed.events.map(\.type) == [.assignmentClosed, .positionUpdated])
            #expect(closed.outcome.assignmentStatus == .ended)
            #expect(closed.outcome.endDate == world.today)
            #expect(closed.outcome.headcountInUse == 0)
            #expect(closed.outcome.positionStatus == .vacant)
            let sequences = (prepared + created.events + filled.events + closed.events).map(\.sequence)
            #expect(sequences == sequences.sorted() && Set(sequences).count == sequences.count)

            let received = try await world.received()
            #expect(received.map(\.sequence) == sequences)
            #expect(received.map(\.aggregateID).suffix(4).first == filled.outcome.assignmentId.uuidString.lowercased())
            for event in received {
                let type = try #require(WorkforceEventType(rawValue: event.eventType))
                let read = try WorkforceEvent(type: type, payload: Data(event.payload))
                #expect(read.aggregateID == event.aggregateID)
                #expect(event.aggregateType == type.aggregateType.rawValue)
                #expect(event.tenantID == "acme")
                #expect(event.occurredAt == WorkforceWorld.now)
            }
            #expect(
                try await world.text(
                    """
                    SELECT string_agg(concat_ws(' ', operation, aggregate_type, actor), ', ' ORDER BY id)
                    FROM command_audit WHERE aggregate_type IN ('position', 'assignment')
                    """)
                    == "CreatePosition position tester, FillPosition assignment tester, "
                    + "CloseAssignment assignment tester")
        }
    }

    @Test("a position without a code gets P and seven digits, past those that are taken")
    func madeCodes() async throws {
        try await WorkforceWorld.run { world in
            try await world.catalog.create(with: world.service, context: world.context())
            let first = try await world.execute(world.catalog.position(title: "A")).outcome.position.positionCode
            #expect(first == "P2000000")
            try await world.execute(world.catalog.position(code: "P2000001", title: "B"))
            let second = try await world.execute(world.catalog.position(title: "C")).outcome.position.positionCode
            #expect(second == "P2000002")
        }
    }

    @Test("more than the capacity is refused, pending assignments counted, and leaves nothing behind")
    func headcount() async throws {
        try await WorkforceWorld.run { world in
            try await world.catalog.create(with: world.service, context: world.context())
            try await world.execute(world.catalog.position(code: "P1", title: "A"))
            let later = try #require(CalendarDate("2026-04-01"))
            let pending = try await world.execute(world.fill("P1", fte: 0.6, from: later)).outcome
            #expect(pending.assignmentStatus == .pending)
            #expect(pending.headcountInUse == 0)
            #expect(pending.positionStatus == .vacant)
            let before = try await world.footprint()
            let error = try await world.refusal(of: world.fill("P1", fte: 0.41))
            #expect(error?.code == "POS_HEADCOUNT_EXCEEDED")
            #expect(error?.ruleID == "POS-HEADCOUNT")
            #expect(error?.severity == .high)
            #expect(error?.events == [])
            #expect(try await world.footprint() == before)
            let active = try await world.execute(world.fill("P1", fte: 0.4)).outcome
            #expect(active.positionStatus == .partiallyFilled)
            let activated = try await world.execute(
                UpdateAssignment(positionCode: "P1", assignmentID: pending.assignmentId, activates: true))
            #expect(activated.outcome.positionStatus == .filled)
            #expect(activated.outcome.headcountInUse == 1)
            #expect(activated.events.map(\.type) == [.assignmentUpdated, .positionUpdated])
            let renamed = try await world.execute(
                UpdateAssignment(positionCode: "P1", assignmentID: pending.assignmentId, employeeName: "Grace"))
            #expect(renamed.events.map(\.type) == [.assignmentUpdated])
            let shrunk = try await world.refusal(of: UpdatePosition(code: "P1", headcountCapacity: 0.99))
            #expect(shrunk?.code == "POS_HEADCOUNT_EXCEEDED")
        }
    }

    @Test("of many who want the last places at the same time, as many get one as there are")
    func race() async throws {
        try await WorkforceWorld.run { world in
            try await world.catalog.create(with: world.service, context: world.context())
            try await world.execute(world.catalog.position(code: "P1", title: "A", headcountCapacity: 3))
            let won = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<12 {
                    group.addTask {
                        do {
                            try await world.execute(world.fill("P1"))
                            return true
                        } catch let error as CommandError {
                            #expect(error.code == "POS_HEADCOUNT_EXCEEDED")
                            return false
                        }
                    }
                }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(won == 3)
            let received = try await world.received().filter { $0.eventType == "assignment.filled" }
            let counts = try received.map { try $0.decode(AssignmentPayload.self).headcountInUse }
            #expect(counts == [1, 2, 3], "the sequences grow with the position's head count")
        }
    }

    @Test("an assignment that has ended can't be closed or changed")
    func closedTwice() async throws {
        try await WorkforceWorld.run { world in
            try await world.catalog.create(with: world.service, context: world.context())
            try await world.execute(world.catalog.position(code: "P1", title: "A"))
            let id = try await world.execute(world.fill("P1")).outcome.assignmentId
            let early = try #require(CalendarDate("2026-02-28"))
            let tooEarly = try await world.refusal(
                of: CloseAssignment(positionCode: "P1", assignmentID: id, endDate: early))
            #expect(tooEarly?.code == "ASSIGN_INVALID_DATES")
            try await world.execute(CloseAssignment(positionCode: "P1", assignmentID: id))
            let before = try await world.footprint()
            let again = try await world.refusal(of: CloseAssignment(positionCode: "P1", assignmentID: id))
            #expect(again?.code == "ASSIGN_INVALID_STATE")
            #expect(again?.ruleID == "ASSIGN-STATE")
            #expect(again?.severity == .critical)
            let changed = try await world.refusal(of: UpdateAssignment(positionCode: "P1", assignmentID: id, fte: 0.5))
            #expect(changed?.code == "ASSIGN_INVALID_STATE")
            #expect(try await world.footprint() == before)
        }
    }

    @Test("a second version from the same day is rolled back, and the conflict is an event of its own")
    func versionConflict() async throws {
        try await WorkforceWorld.run { world in
            try await world.catalog.create(with: world.service, context: world.context())
            let level = try await world.execute(
                CreateJobLevel(code: "S4", name: "Staff", roleCode: "SWE", levelRank: 4, effectiveDate: world.today))
            let day = try #require(CalendarDate("2026-07-01"))
            let version = CreateJobLevelVersion(
                code: "S4", name: "Staff 2", effectiveDate: day, parentRecordID: level.outcome.recordId)
            let standing = try await world.execute(version)
            #expect(standing.events.map(\.type) == [.jobLevelVersionCreated])
            let count = try await world.received().count
            let audited = try await world.text("SELECT count(*)::text FROM command_audit")

            var inactive = version
            inactive.status = .inactive
            let error = try await world.refusal(of: inactive)
            #expect(error?.code == "JOB_CATALOG_TEMPORAL_CONFLICT")
            #expect(error?.ruleID == "JC-TEMPORAL")
            #expect(error?.severity == .high)
            #expect(error?.violations.first?.field == "effectiveDate")
            let received = try await world.received()
            #expect(received.count == count + 1)
            let conflict = try #require(received.last)
            #expect(conflict.eventType == "jobLevel.versionConflict")
            #expect(error?.events.map(\.sequence) == [conflict.sequence])
            #expect(error?.events.map(\.eventID) == [conflict.eventID])
            let payload = try conflict.decode(JobLevelPayload.self)
            #expect(payload.recordId == standing.outcome.recordId)
            #expect(payload.status == .active)
            #expect(payload.error?.hasPrefix("JOB_CATALOG_TEMPORAL_CONFLICT") == true)
            #expect(try await world.text("SELECT count(*)::text FROM command_audit") == audited)
            #expect(try await world.text("SELECT count(*)::text FROM job_level_versions WHERE code = 'S4'") == "2")

            var orphan = version
            orphan.parentRecordID = UUID()
            #expect(try await world.refusal(of: orphan)?.code == "UNKNOWN_REFERENCE")
            #expect(try await world.received().count == count + 1)
        }
    }

    @Test("when the event can't be saved, the business change is rolled back with it")
    func failedSave() async throws {
        try await WorkforceWorld.run { world in
            try await world.catalog.create(with: world.service, context: world.context())
            try await world.pool.withConnection {
                try await $0.run(
                    script: "ALTER TABLE outbox_events ADD CHECK (event_type <> 'position.created')")
            }
            let before = try await world.footprint()
            let error = await #expect(throws: PQError.self) {
                try await world.execute(world.catalog.position(code: "P1", title: "A"))
            }
            #expect(error?.sqlState == "23514")
            #expect(try await world.footprint() == before)
        }
    }

    @Test("vacating ends every assignment; only then can a position be deleted, and its code is not used again")
    func vacateAndDelete() async throws {
        try await WorkforceWorld.run { world in
            try await world.catalog.create(with: world.service, context: world.context())
            try await world.execute(world.catalog.position(code: "P1", title: "A", headcountCapacity: 3))
            #expect(
                try await world.refusal(of: VacatePosition(positionCode: "P1"))?.code
                    == "POS_INVALID_STATE")
            let later = try #require(CalendarDate("2026-04-01"))
            try await world.execute(world.fill("P1"))
            try await world.execute(world.fill("P1", from: later))
            #expect(
                try await world.refusal(of: DeletePosition(code: "P1"))?.code == "POS_HAS_ASSIGNMENTS")
            let vacated = try await world.execute(VacatePosition(positionCode: "P1"))
            #expect(vacated.events.map(\.type) == [.assignmentVacated, .assignmentVacated, .positionUpdated])
            #expect(vacated.outcome.map(\.endDate) == [world.today, later])
            #expect(vacated.outcome.allSatisfy { $0.headcountInUse == 0 && $0.positionStatus == .vacant })
            let deleted = try await world.execute(DeletePosition(code: "P1"))
            #expect(deleted.events.map(\.type) == [.positionDeleted])
            #expect(deleted.outcome.status == .deleted)
            let gone = try await world.refusal(of: world.fill("P1"))
            #expect(gone?.kind == .notFound)
            #expect(gone?.code == "POS_NOT_FOUND")
            let reused = try await world.refusal(of: world.catalog.position(code: "P1", title: "B"))
            #expect(reused?.code == "CODE_TAKEN")
        }
    }

    @Test("nobody is put in an inactive position")
    func inactive() async throws {
        try await WorkforceWorld.run { world in
            try await world.catalog.create(with: world.service, context: world.context())
            try await world.execute(world.catalog.position(code: "P1", title: "A"))
            let updated = try await world.execute(UpdatePosition(code: "P1", title: "B", isInactive: true))
            #expect(updated.outcome.status == .inactive)
            #expect(updated.outcome.title == "B")
            #expect(try await world.refusal(of: world.fill("P1"))?.code == "POS_INVALID_STATE")
            #expect(
                try await world.execute(UpdatePosition(code: "P1", isInactive: false)).outcome.status == .vacant)
        }
    }

    @Test("a version begins after the one before, which is kept; a transfer on its first day corrects it")
    func positionVersions() async throws {
        try await WorkforceWorld.run { world in
            try await world.catalog.create(with: world.service, context: world.context())
            try await world.execute(
                CreateOrganization(code: "1000002", name: "Sales", effectiveDate: world.today))
            let first = try await world.execute(world.catalog.position(code: "P1", title: "A")).outcome
            let april = try #require(CalendarDate("2026-04-01"))
            let version = CreatePositionVersion(
                code: "P1", changes: PositionChanges(title: "B", employmentType: "PART_TIME"), effectiveDate: april)
            let second = try await world.execute(version)
            #expect(second.events.map(\.type) == [.positionUpdated])
            #expect(second.outcome.title == "B")
            #expect(second.outcome.employmentType == "PART_TIME")
            #expect(second.outcome.positionType == first.position.positionType)
            #expect(second.outcome.effectiveDate == april)
            #expect(second.outcome.recordId != first.recordID)
            #expect(
                try await world.text("SELECT title || ' ' || effective_date || ' ' || record_id FROM position_versions")
                    == "A 2026-03-01 \(first.recordID.uuidString.lowercased())")
            for date in [april, world.today] {
                let refused = try await world.refusal(
                    of: CreatePositionVersion(code: "P1", changes: PositionChanges(), effectiveDate: date))
                #expect(refused?.code == "POS_VERSION_CONFLICT")
                let moved = try await world.refusal(
                    of: UpdatePosition(code: "P1", changes: PositionChanges(), effectiveDate: world.today))
                #expect(moved?.code == "POS_VERSION_CONFLICT")
            }
            let transfer = TransferPosition(code: "P1", targetOrganizationCode: "1000002", effectiveDate: april)
            let corrected = try await world.execute(transfer).outcome
            #expect(corrected.organizationCode == "1000002")
            #expect(corrected.recordId == second.outcome.recordId)
            let may = try #require(CalendarDate("2026-05-01"))
            let moved = try await world.execute(
                TransferPosition(code: "P1", targetOrganizationCode: "1000001", effectiveDate: may))
            #expect(moved.outcome.organizationCode == "1000001")
            #expect(moved.outcome.recordId != corrected.recordId)
            #expect(try await world.text("SELECT count(*)::text FROM position_versions") == "2")
            let june = try #require(CalendarDate("2026-06-01"))
            let shifted = try await world.execute(
                UpdatePosition(code: "P1", changes: PositionChanges(jobLevelCode: "S3"), effectiveDate: june))
            #expect(shifted.outcome.effectiveDate == june)
            #expect(shifted.outcome.recordId == moved.outcome.recordId)
        }
    }

    @Test("whoever embeds a dispatcher hears of each commit that wrote events, and of no other")
    func commits() async throws {
        try await WorkforceWorld.run { world in
            let commits = Mutex(0)
            let service = CommandService(
                pool: world.pool, now: { WorkforceWorld.now }, onCommit: { commits.withLock { $0 += 1 } })
            try await world.catalog.create(with: service, context: world.context())
            #expect(commits.withLock { $0 } == 2, "entries of the catalog above the levels have no events")
            let conflict = CreateJobLevelVersion(code: "S3", name: "again", effectiveDate: world.today)
            await #expect(throws: CommandError.self) { try await service.execute(conflict, context: world.context()) }
            #expect(commits.withLock { $0 } == 3)
            await #expect(throws: CommandError.self) {
                try await service.execute(DeletePosition(code: "P1"), context: world.context())
            }
            #expect(commits.withLock { $0 } == 3)
        }
    }

    @Test("tenants have codes of their own, and don't find one another's")
    func tenants() async throws {
        try await WorkforceWorld.run { world in
            for tenant in ["acme", "globex"] {
                try await world.catalog.create(with: world.service, context: world.context(tenant))
            }
            try await world.execute(world.catalog.position(code: "P1", title: "A"))
            #expect(try await world.refusal(of: world.fill("P1"), tenant: "globex")?.kind == .notFound)
            try await world.execute(world.catalog.position(code: "P1", title: "B"), tenant: "globex")
            let id = try await world.execute(world.fill("P1")).outcome.assignmentId
            let foreign = try await world.refusal(
                of: CloseAssignment(positionCode: "P1", assignmentID: id), tenant: "globex")
            #expect(foreign?.code == "ASSIGN_NOT_FOUND")
        }
    }

    @Test("every reference that leads nowhere is named")
    func references() async throws {
        try await WorkforceWorld.run { world in
            try await world.catalog.create(with: world.service, context: world.context())
            var catalog = world.catalog
            (catalog.organizationCode, catalog.jobRoleCode) = ("NONE", "NEITHER")
            let before = try await world.footprint()
            let error = try await world.refusal(of: catalog.position(title: "A"))
            #expect(error?.violations.map(\.field) == ["organizationCode", "jobRoleCode"])
            #expect(error?.code == "UNKNOWN_REFERENCE")
            let role = CreateJobCatalogEntry(
                kind: .role, code: "X", name: "x", parentCode: "NONE", effectiveDate: world.today)
            #expect(try await world.refusal(of: role)?.code == "UNKNOWN_REFERENCE")
            #expect(try await world.footprint() == before)
        }
    }

    @Test("an organization is created once and changed")
    func organizations() async throws {
        try await WorkforceWorld.run { world in
            let create = CreateOrganization(code: "O1", name: "One", effectiveDate: world.today)
            #expect(try await world.execute(create).events.map(\.type) == [.organizationCreated])
            #expect(try await world.refusal(of: create)?.code == "CODE_TAKEN")
            let updated = try await world.execute(UpdateOrganization(code: "O1", name: "Uno"))
            #expect(updated.events.map(\.type) == [.organizationUpdated])
            #expect(updated.outcome.name == "Uno")
            #expect(updated.outcome.unitType == "DEPARTMENT")
            #expect(try await world.refusal(of: UpdateOrganization(code: "O2"))?.code == "ORG_NOT_FOUND")
        }
    }

    @Test("the schema can be taken down and put up again")
    func migrations() async throws {
        try await WorkforceWorld.run { world in
            try await world.pool.withConnection { connection in
                let taken = try await CommandMigrations.revert(on: connection).map(\.version)
                #expect(taken.count > 1)
                #expect(try await CommandMigrations.apply(on: connection).map(\.version) == taken.reversed())
                #expect(try await CommandMigrations.apply(on: connection).isEmpty)
                let read = try await ReadModelMigrations.revert(on: connection).map(\.version)
                #expect(!read.isEmpty)
                #expect(try await ReadModelMigrations.apply(on: connection).map(\.version) == read.reversed())
            }
            try await world.catalog.create(with: world.service, context: world.context())
        }
    }
}
