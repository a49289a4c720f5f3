import FoundationEssentials
import LibPQ
import Servers
import Testing

@Suite("workforce command, killed")
struct CommandKillTests {
    @Test("has done all of each command or nothing of it, and the next one publishes the rest", .requiresBroker)
    func killed() async throws {
        let ground = try await CommandGround.make("killed", settings: ["OUTBOX_DISPATCH_LEASE": "3s"])
        try await BuiltTool.workforce.start(
            ["seed", "--tenant", "acme", "--positions", "300", "--filled", "0"], environment: ground.environment
        ).waitForSuccess(within: .seconds(90))
        let acknowledged = try await fillUntilKilled(ground)
        #expect(acknowledged.count >= 40)

        let successor = try ground.start()
        try await eventually(within: .seconds(90), "all events are published") {
            try await ground.query("SELECT FROM outbox_events WHERE NOT published").rowCount == 0
        }
        // Of each command that left an audit row: is the rest there as well?
        let audited = try await ground.query(
            """
            SELECT a.request_id, p.status = 'FILLED' AND p.headcount_in_use = 1
                AND (SELECT count(*) FROM assignments AS s WHERE s.position_code = p.code) = 1
                AND (SELECT array_agg(e.event_type ORDER BY e.id) FROM outbox_events AS e
                    WHERE e.payload ->> 'requestId' = a.request_id) = ARRAY['assignment.filled', 'position.updated']
            FROM command_audit AS a JOIN positions AS p ON p.code = a.command ->> 'positionCode'
            WHERE a.operation = 'FillPosition'
            """)
        let done = try audited.rows.map { try $0.decode((String, Bool).self) }
        let incomplete = done.filter { !$0.1 }.map(\.0)
        #expect(incomplete == [])
        #expect(acknowledged.subtracting(done.map(\.0)) == [], "answered, but not there")
        let rest = try await ground.query(
            """
            SELECT FROM outbox_events WHERE event_type = 'assignment.filled'
            UNION ALL SELECT FROM assignments
            """)
        #expect(rest.rowCount == 2 * done.count, "nothing is there without its audit row")
        #expect(try await successor.stop(within: .seconds(60)).isSuccess)
    }

    /// Fills positions from six clients at once, and kills the service after the fortieth answer.
    ///
    /// - Returns: the ids of the requests that were answered as done.
    private func fillUntilKilled(_ ground: CommandGround) async throws -> Set<String> {
        let service = try ground.start()
        let client = try await ground.client(of: service)
        let tally = Tally()
        let body = """
            {"employeeId": "E1", "employeeName": "Ada", "assignmentType": "PRIMARY", "fte": 1,
             "effectiveDate": "2026-01-01"}
            """
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<6 {
                group.addTask {
                    while service.isRunning {
                        let number = await tally.next()
                        guard number < 300 else { return }
                        let request = "fill-\(number)"
                        let answer = try? await client.post(
                            "/api/v1/positions/P\(1_000_000 + number)/fill", json: body,
                            headers: ["X-Request-Id": request])
                        if answer?.status == 200, await tally.acknowledge(request) == 40 { service.kill() }
                    }
                }
            }
        }
        return await tally.acknowledged
    }

    private actor Tally {
        private(set) var acknowledged: Set<String> = []
        private var number = 0

        func next() -> Int {
            number += 1
            return number
        }

        /// - Returns: how many there are by now.
        func acknowledge(_ request: String) -> Int {
            acknowledged.insert(request)
            return acknowledged.count
        }
    }
}
