import FoundationEssentials
import Servers
import Testing
import Workforce

@Suite("Waiting for what one has written")
struct SequenceWaitTests {
    @Test("ends at once for what is applied, and when it is applied for what is not")
    func waits() async throws {
        try await WorkforceWorld.run { world in
            try await world.catalog.create(with: world.service, context: world.context())
            try await world.execute(world.catalog.position(code: "P1", title: "A"))
            let filled = try await world.execute(world.fill("P1"))
            let minimums = filled.events.map { MinimumSequence(aggregateID: $0.aggregateID, sequence: $0.sequence) }
            #expect(minimums.count == 2)
            let wait = SequenceWait(pool: world.pool, timeout: .seconds(60))
            try await wait.wait(for: [], tenantID: "acme")
            let reader = Task { try await wait.wait(for: minimums, tenantID: "acme") }
            try await world.apply(try await world.received())
            try await reader.value
            try await wait.wait(for: minimums, tenantID: "acme")
            try await wait.wait(
                for: [
                    MinimumSequence(aggregateID: "1000001", sequence: 1),
                    MinimumSequence(aggregateID: "S3", sequence: 1),
                ], tenantID: "acme")
        }
    }

    @Test("ends with how far all of it has come when the time is over")
    func timesOut() async throws {
        try await WorkforceWorld.run { world in
            try await world.catalog.create(with: world.service, context: world.context())
            let created = try await world.execute(world.catalog.position(code: "P1", title: "A"))
            try await world.apply(try await world.received())
            let filled = try await world.execute(world.fill("P1"))
            let sequence = try #require(created.sequence)
            let minimums = filled.events.map { MinimumSequence(aggregateID: $0.aggregateID, sequence: $0.sequence) }
            let wait = SequenceWait(pool: world.pool, timeout: .milliseconds(30))
            let error = await #expect(throws: SequenceTimeout.self) {
                try await wait.wait(for: minimums, tenantID: "acme")
            }
            #expect(error?.progress.map(\.reached) == [nil, sequence])
            #expect(error?.progress.map(\.minimum) == minimums)
            #expect(try #require(error?.waited) >= .milliseconds(30))
            // What another tenant has applied does not count.
            await #expect(throws: SequenceTimeout.self) {
                try await wait.wait(
                    for: [MinimumSequence(aggregateID: "P1", sequence: sequence)], tenantID: "globex")
            }
        }
    }
}
