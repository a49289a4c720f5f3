import LibRDKafka
import Outbox
import Servers
import Testing

// What tests of the operators' commands need.
extension Chain {
    /// Settings with which a failed event waits for longer than any test, and a released one is taken soon.
    static let longHolds: [String: String?] = [
        "OUTBOX_DISPATCH_BACKOFF_BASE": "300s", "OUTBOX_DISPATCH_INTERVAL": "100ms",
    ]

    /// How a command ended, and what it wrote.
    struct Ran {
        let status: Servers.ExitStatus
        let output: String
        let errors: String
    }

    /// Runs `outbox` to its end, good or bad.
    ///
    /// - Parameter command: words apart from each other by spaces.
    func ran(
        _ command: String, _ options: [String] = [], changes: [String: String?] = [:]
    ) async throws -> Ran {
        let process = try start(.outbox, command.split(separator: " ").map(String.init) + options, changes)
        let status = try await process.waitForExit(within: .seconds(60))
        return Ran(status: status, output: process.output.text, errors: process.errorOutput.text)
    }

    /// Runs `outbox … --json` to a good end.
    func json(_ arguments: String...) async throws -> JSONValue {
        try JSONValue(parsing: Array(try await run(.outbox, arguments + ["--json"]).utf8))
    }

    /// Events of some aggregates that number themselves from 1; those of which `isPoison` can't be published.
    func insert(_ aggregates: [String], type: String = "position", events: Int, poison: Int? = nil) async throws {
        for aggregate in aggregates {
            try await outbox.run(
                """
                INSERT INTO outbox_events (event_id, aggregate_id, aggregate_type, event_type, payload)
                SELECT gen_random_uuid(), '\(aggregate)', '\(type)', '\(type).updated',
                    CASE n WHEN \(poison ?? 0) THEN to_jsonb(n) ELSE jsonb_build_object('n', n) END
                FROM generate_series(1, \(events)) AS n ORDER BY n
                """)
        }
    }

    /// Makes poisoned events good.
    func mend(_ condition: String) async throws {
        try await outbox.run(
            """
            UPDATE outbox_events SET payload = jsonb_build_object('n', payload)
            WHERE jsonb_typeof(payload) <> 'object' AND \(condition)
            """)
    }

    /// The numbers of an aggregate's events on the topic, in order.
    func numbers(of aggregate: String, type: String = "position") async throws -> [Int64] {
        try await records(type).filter { $0.headerText("aggregate_id") == aggregate }.map { try $0.number }
    }

    func audit(_ action: String? = nil) async throws -> [AuditLog.Entry] {
        var filter = AuditLog.Filter()
        filter.action = action
        return try await AuditLog(pool: outbox.pool).list(filter)
    }
}

extension KafkaRecord {
    /// The member `n` of the payload.
    var number: Int64 {
        get throws {
            guard case .integer(let n)? = try JSONValue(parsing: value ?? [])["n"] else {
                Issue.record("an event without n is on the topic")
                return -1
            }
            return n
        }
    }
}
