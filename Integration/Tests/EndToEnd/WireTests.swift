import FoundationEssentials
import LibPQ
import LibRDKafka
import Outbox
import OutboxTelemetry
import Servers
import Testing

@Suite("End to end: on the wire", .requiresBroker, .serialized)
struct WireTests {
    @Test("every key is on the partition that a Java client computes")
    func partitions() async throws {
        // PostgreSQL's text can't hold every key that Kafka can.
        let vectors = Murmur2Vector.all.filter { vector in
            String(validating: vector.key, as: UTF8.self) != nil && !vector.key.contains(0)
        }
        #expect(vectors.count == 199)
        let count = try #require(Murmur2Vector.partitionCounts.last)
        try await Chain.with(partitions: Int(count)) { chain in
            let dispatcher = try chain.dispatcher()
            let keys = vectors.map { String(decoding: $0.key, as: UTF8.self) }
            try await chain.outbox.pool.withConnection { connection in
                _ = try await connection.execute(
                    """
                    INSERT INTO outbox_events (event_id, aggregate_id, aggregate_type, event_type, payload)
                    SELECT gen_random_uuid(), key, 'position', 'position.updated', '{}' FROM unnest(\(keys)) AS key
                    """)
            }
            try await chain.waitUntilPublished(vectors.count)
            var partitions: [[UInt8]: Int32] = [:]
            for record in try await chain.records() { partitions[try #require(record.key)] = record.partition }
            let expected = vectors.compactMap { vector in vector.partitions.last.map { (vector.key, $0) } }
            #expect(partitions == Dictionary(uniqueKeysWithValues: expected))
            #expect(try await dispatcher.stop(within: .seconds(60)) == .exited(0))
        }
    }

    @Test("kcat reads key, value and headers back", .requires(program: "kcat"))
    func foreignClient() async throws {
        try await Chain.with { chain in
            let dispatcher = try chain.dispatcher()
            let builder = OutboxEventBuilder(
                context: EventContext(tenantID: "acme", requestID: "r1", operation: "CreatePosition"),
                now: { Date(timeIntervalSince1970: 1_700_000_000) })
            let event = try builder.event(
                type: "position.created", aggregateID: "P1000033", payload: ["title": "Ärztin 医生"],
                headers: ["own": "x"])
            let trace = TraceContext.generate()
            try await TraceContext.$current.withValue(trace) { try await chain.outbox.save([event]) }
            try await chain.waitUntilPublished(1)
            let kcat = try ChildProcess(
                "kcat",
                [
                    "-b", chain.broker.bootstrapServers, "-C", "-t", chain.topic(), "-e", "-q", "-f",
                    "%k\\n%s\\n%h\\n",
                ])
            try await kcat.waitForSuccess(within: .seconds(60))
            let lines = kcat.output.lines().map(\.text)
            try #require(lines.count == 3)
            #expect(lines[0] == "P1000033")
            let payload = try JSONValue(parsing: Array(lines[1].utf8))
            #expect(payload["title"] == "Ärztin 医生")
            #expect(payload["tenantId"] == "acme")
            #expect(payload["operation"] == "CreatePosition")
            var headers = Dictionary(
                uniqueKeysWithValues: lines[2].split(separator: ",").compactMap { header -> (String, String)? in
                    let parts = header.split(separator: "=", maxSplits: 1)
                    return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
                })
            let traceparent = headers.removeValue(forKey: "traceparent")
            #expect(traceparent.flatMap { TraceContext(traceparent: $0) }?.traceID == trace.traceID)
            #expect(
                headers == [
                    "event_id": event.id.uuidString.lowercased(), "event_type": "position.created",
                    "aggregate_type": "position", "aggregate_id": "P1000033", "sequence": "1",
                    "occurred_at": "2023-11-14T22:13:20.000000Z", "tenant_id": "acme", "own": "x",
                ])
            #expect(try await dispatcher.stop(within: .seconds(60)) == .exited(0))
        }
    }

    @Test("the trace of the task that saves an event is the projection's")
    func trace() async throws {
        try await Chain.with { chain in
            let dispatcher = try chain.dispatcher()
            let trace = TraceContext.generate()
            try await chain.withLedger { ledger in
                try await TraceContext.$current.withValue(trace) {
                    try await chain.outbox.save([try TestDatabase.event("position.updated", "P1")])
                }
                try await eventually(within: .seconds(60), "the event is applied") { !ledger.traces.isEmpty }
                #expect(ledger.traces == [trace.traceID.description])
                // Nobody's trace is left for the next one.
                try await chain.outbox.save([try TestDatabase.event("position.updated", "P1")])
                try await eventually(within: .seconds(60), "the next event is applied") { ledger.traces.count == 2 }
                #expect(ledger.traces.last != .some(trace.traceID.description))
            }
            #expect(try await dispatcher.stop(within: .seconds(60)) == .exited(0))
        }
    }
}
