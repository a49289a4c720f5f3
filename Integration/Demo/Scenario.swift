import Foundation
import LibPQ
import LibRDKafka
import OutboxCommandLine
import QueryCache
import Servers
import Workforce

/// A position is created, filled and vacated; a job level gets a second version, and then that version again.
struct Scenario {
    let system: DemoSystem
    let checklist: Checklist

    static let positionCode = "P1000033"

    private var service: CommandService { CommandService(pool: system.commandPool) }

    func play() async throws {
        guard let today = CalendarDate("2026-01-01"), let next = CalendarDate("2026-07-01") else { return }
        let catalog = SampleCatalog(effectiveDate: today)
        let context = CommandContext(tenantID: DemoSystem.tenant, actor: "demo")
        try await step("Organization and job catalog (organization.created, jobLevel.versionCreated)") {
            try await catalog.create(with: service, context: context)
        }
        try await step("Create position \(Self.positionCode)") {
            try await service.execute(
                catalog.position(code: Self.positionCode, title: "Principal Engineer"), context: context
            ).events
        }
        var assignment: UUID?
        try await step("Fill it (assignment.filled)") {
            let receipt = try await service.execute(
                FillPosition(
                    positionCode: Self.positionCode, employeeID: "E1", employeeName: "Ada Lovelace",
                    effectiveDate: today), context: context)
            assignment = receipt.outcome.assignmentId
            return receipt.events
        }
        guard let assignment else { return checklist.fail("the position was filled") }
        try await step("Close the assignment (assignment.closed)") {
            try await service.execute(
                CloseAssignment(positionCode: Self.positionCode, assignmentID: assignment, endDate: next),
                context: context
            ).events
        }
        let level = "S4"
        try await step("Create job level \(level)") {
            try await service.execute(
                CreateJobLevel(
                    code: level, name: "Staff", roleCode: catalog.jobRoleCode, levelRank: 4, effectiveDate: today),
                context: context
            ).events
        }
        let second = CreateJobLevelVersion(code: level, name: "Staff II", effectiveDate: next)
        try await step("A second version of \(level) from \(next)") {
            try await service.execute(second, context: context).events
        }
        try await step("The same version again: a conflict") {
            do {
                _ = try await service.execute(second, context: context)
                checklist.fail("the conflict was refused")
                return []
            } catch let error as CommandError {
                print("   refused: \(error)")
                checklist.check(
                    "the business transaction was rolled back, its conflict event is in a transaction of its own",
                    error.code == "JOB_CATALOG_TEMPORAL_CONFLICT" && error.events.count == 1)
                return error.events
            }
        }
        try await showMetrics()
        try await showReadModel(level: level)
    }

    /// Runs a command and follows its events: in the outbox, on their topics.
    private func step(_ title: String, _ command: () async throws -> [EventReceipt]) async throws {
        Print.heading(title)
        let events = try await command()
        guard !events.isEmpty else { return }
        try await showRows(events, "right after the commit")
        let ids = events.map(\.eventID)
        try await eventually(within: .seconds(60), "the events are published") {
            let rows = try await system.commandPool.withConnection {
                try await $0.query("SELECT FROM outbox_events WHERE event_id = ANY (\(ids)) AND published")
            }
            return rows.rowCount == ids.count
        }
        try await showRows(events, "published")
        try await showRecords(events)
    }

    private func showRows(_ events: [EventReceipt], _ moment: String) async throws {
        let ids = events.map(\.eventID)
        let rows = try await system.commandPool.withConnection {
            try await $0.query(
                """
                SELECT id, event_type, aggregate_id, published, retry_count FROM outbox_events
                WHERE event_id = ANY (\(ids)) ORDER BY id
                """)
        }
        var table = TextTable([
            .init("sequence", .right), .init("event type"), .init("aggregate"), .init("published"),
            .init("retries", .right),
        ])
        for row in rows.rows {
            let (id, type, aggregate, published, retries) = try row.decode((Int64, String, String, Bool, Int32).self)
            table.add(["\(id)", type, aggregate, "\(published)", "\(retries)"])
        }
        print("   outbox_events, \(moment):")
        Print.indented(table.text)
    }

    private func showRecords(_ events: [EventReceipt]) async throws {
        let ids = Set(events.map { $0.eventID.uuidString.lowercased() })
        print("   on Kafka:")
        var found = 0
        for topic in Set(events.map { "outbox.event.\($0.type.aggregateType.rawValue)" }).sorted() {
            for record in try await TopicReader.readAll(topic, bootstrapServers: system.broker.bootstrapServers) {
                guard let id = record.headerText("event_id"), ids.contains(id) else { continue }
                found += 1
                let key = String(decoding: record.key ?? [], as: UTF8.self)
                print("   \(topic) partition \(record.partition) offset \(record.offset) key \(key)")
                let headers = record.headers.map { header in
                    "\(header.name)=\(String(decoding: header.value ?? [], as: UTF8.self))"
                }
                Print.indented("  " + headers.joined(separator: " "))
            }
        }
        let what = events.count == 1 ? "the event is on its topic" : "all \(events.count) events are on their topics"
        checklist.check("\(what), once", found == events.count)
    }

    private func showMetrics() async throws {
        Print.heading("The dispatcher's metrics")
        let text = try await HTTPClient(system.dispatcherAddress).get("/metrics").text
        let lines = text.split(separator: "\n").filter { line in
            [
                "outbox_dispatch_success_total", "outbox_dispatch_failure_total", "outbox_dispatch_retry_total",
                "outbox_dispatch_active", "outbox_dispatch_total{", "outbox_dispatch_parked",
                "outbox_dispatch_lanes_owned",
            ].contains { line.hasPrefix($0) }
        }
        Print.indented(lines.joined(separator: "\n"))
        let stored = try await system.commandPool.withConnection {
            try await $0.query("SELECT count(*) FROM outbox_events WHERE published")
        }
        let published = try stored.int64(row: 0, column: 0)
        checklist.check(
            "outbox_dispatch_success_total is the number of events, \(published)",
            lines.contains { $0 == "outbox_dispatch_success_total \(published)" })
    }

    private func showReadModel(level: String) async throws {
        Print.heading("The read model and the query cache, built from Kafka alone")
        try await system.waitUntilApplied()
        let answers = try await system.queryPool.withConnection { connection in
            let model = ReadModel(session: connection, tenantID: DemoSystem.tenant)
            return (
                position: try await model.position(code: Self.positionCode),
                stats: try await model.assignmentStats(positionCode: Self.positionCode),
                level: try await model.jobLevel(code: level)
            )
        }
        guard let position = answers.position else {
            return checklist.fail("the read model knows \(Self.positionCode)")
        }
        Print.indented(try JSONOutput.text(position))
        checklist.check("headcountInUse of \(Self.positionCode) is 0", position.headcountInUse == 0)
        checklist.check(
            "its one assignment is ended",
            position.assignmentHistory.count == 1 && position.assignmentHistory.first?.assignmentStatus == .ended
                && position.currentAssignment == nil)
        checklist.check("job level \(level) has two versions", answers.level.count == 2)
        let key = WorkforceCacheKey.position(TenantKey(tenantID: DemoSystem.tenant, code: Self.positionCode)).text ?? ""
        let cached = try await PostgresQueryCache(pool: system.queryPool).answer(for: key)
        let cachedPosition = try cached.map { try JSONDecoder().decode(PositionAnswer.self, from: Data($0.value)) }
        checklist.check(
            "the cached answer \(key) says the same",
            try cachedPosition.map { try JSONOutput.text($0) } == JSONOutput.text(position))
    }
}
