import Foundation
import LibPQ
import Outbox
import Testing

@testable import OutboxConsole
@testable import OutboxDispatcher

@Suite struct TroublesTests {
    @Test(
        "the database's errors are told apart",
        arguments: [
            ("42P01", "table-missing"), ("42501", "role-without-rights"), ("42703", "old-schema"),
            ("53100", "disk-full"), ("57P01", "database-down"),
        ])
    func database(state: String, id: String) {
        var troubles = Troubles()
        troubles.dispatcher.database = PQError(.server, "refused", sqlState: state)
        #expect(troubles.list().map(\.id) == [id])
    }

    @Test("a broker that never answered is one whose address may be wrong")
    func broker() {
        var troubles = Troubles()
        troubles.dispatcher.broker = "connection refused"
        #expect(troubles.list().map(\.id) == ["wrong-port"])
        troubles.dispatcher.hasBrokerAnswered = true
        #expect(troubles.list().map(\.id) == ["broker-down"])
    }

    @Test("a missing topic has its own name, and so has a schema of another version")
    func others() {
        var troubles = Troubles()
        troubles.dispatcher.topics = [
            .init(name: "a", reason: "the topic a does not exist: create it"), .init(name: "b", reason: "no leader"),
        ]
        troubles.schemaVersion = OutboxMigrations.latestVersion - 1
        troubles.stoppedGroups = ["workforce"]
        #expect(
            troubles.list().map(\.id) == ["topic-missing", "topic-on-hold", "consumer-stopped", "old-schema"])
    }

    @Test("events that are too large are not called poisoned, and parked ones are worse than those that are retried")
    func events() {
        func row(_ sequence: Int64, parked: Bool, _ reason: String) -> HeldSection.Row {
            HeldSection.Row(
                sequence: sequence, eventID: UUID(), eventType: "t.x", aggregateType: "t", aggregateID: "\(sequence)",
                since: Date(), until: nil, parked: parked, attempts: 1, reason: reason, waiting: 0)
        }
        var troubles = Troubles()
        troubles.held = [
            row(2, parked: false, "with 9 bytes it is over the topic's max.message.bytes of 8"),
            row(1, parked: true, "its payload is not a JSON object"),
        ]
        let list = troubles.list()
        #expect(list.map(\.id) == ["poisoned-event", "topic-too-small"])
        #expect(list.map(\.severity) == [.fail, .warn])
        #expect(list.first?.detail.contains("t:1") == true)
    }
}
