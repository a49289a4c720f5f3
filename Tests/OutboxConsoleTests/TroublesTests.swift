import Foundation
import LibPQ
import Outbox
import Testing

@testable import OutboxConsole
@testable import OutboxDispatcher
@testable import OutboxDoctor

@Suite struct TroublesTests {
    @Test(
        "the database's errors are told apart",
        arguments: [
            ("42P01", FindingID.tableMissing), ("42501", .roleWithoutRights), ("42703", .oldSchema),
            ("53100", .diskFull), ("57P01", .databaseDown),
        ])
    func database(state: String, id: FindingID) {
        var troubles = Troubles()
        troubles.dispatcher.database = PQError(.server, "refused", sqlState: state)
        #expect(troubles.list().map(\.id) == [id])
    }

    @Test("a broker that never answered is one whose address may be wrong")
    func broker() {
        var troubles = Troubles()
        troubles.dispatcher.broker = "connection refused"
        #expect(troubles.list().map(\.id) == [.wrongPort])
        troubles.dispatcher.hasBrokerAnswered = true
        #expect(troubles.list().map(\.id) == [.brokerDown])
    }

    @Test("a missing topic has its own name, and so has a schema of another version")
    func others() {
        var troubles = Troubles()
        troubles.dispatcher.topics = [
            .init(name: "a", aggregateType: "a", reason: "the topic a does not exist: create it"),
            .init(name: "b", aggregateType: "b", reason: "of the topic b, 1 of 2 partitions have no leader"),
        ]
        troubles.schemaVersion = OutboxMigrations.latestVersion - 1
        #expect(troubles.list().map(\.id) == [.topicMissing, .topicWithoutLeader, .oldSchema])
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
        #expect(list.map(\.id) == [.poisonedEvent, .topicTooSmall])
        #expect(list.map(\.severity) == [.error, .warning])
        #expect(list.first?.seen.contains("t:1") == true)
    }

    @Test("what the check-up found is said in the place of the client's words")
    func checked() {
        var troubles = Troubles()
        troubles.dispatcher.broker = "connection refused"
        troubles.checked.broker = [Finding(.hostUnknown, .broker, .error, "no address is known for x:9092")]
        #expect(troubles.list().map(\.id) == [.hostUnknown])
        troubles.dispatcher.database = PQError(.server, "no space left", sqlState: "53100")
        troubles.checked.database = [Finding(.roleWithoutRights, .schema, .error, "the role lacks")]
        #expect(troubles.list().map(\.id) == [.diskFull, .hostUnknown])
    }
}
