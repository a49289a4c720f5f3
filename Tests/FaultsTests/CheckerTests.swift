import Foundation
import Testing

@testable import Faults

@Suite("Checker of faults")
struct CheckerTests {
    @Test("what arrived as it was committed is right")
    func right() {
        #expect(Checker(World.right.evidence).violations.isEmpty)
        #expect(Checker(World.right.evidence).duplicates.isEmpty)
    }

    @Test("each violation is found, and by its name", arguments: Self.mutations)
    func violation(_ mutation: Mutation) {
        var world = World.right
        mutation.change(&world)
        let found = Checker(world.evidence).violations.map(\.check)
        #expect(found == mutation.checks)
    }

    @Test("a duplicate on the topic is counted and no violation; a late one of a reordered pair is no excuse")
    func duplicates() {
        var world = World.right
        world.evidence.records.append(world.record(0, offset: 100))
        #expect(Checker(world.evidence).violations.isEmpty)
        #expect(Checker(world.evidence).duplicates.map(\.offset) == [100])

        // 1 2 becomes 2 1 2: the second occurrence of 2 does not put it right.
        world = World.right
        world.evidence.records.swapAt(0, 1)
        world.evidence.records.append(world.record(1, offset: 100))
        #expect(Checker(world.evidence).violations.map(\.check) == ["reordered on the topic, by first occurrence"])
    }

    @Test("what was given up is missed nowhere, foreign records and poison are expected among the dead letters")
    func poison() {
        var world = World.right
        let id = world.ids[0]
        world.evidence.discarded = [id]
        world.evidence.records.removeFirst()
        world.evidence.applied.removeFirst()
        world.evidence.totals[World.first] = AggregateTotal(applied: 1, lastSequence: 2)
        world.evidence.cached = world.evidence.totals
        #expect(Checker(world.evidence).violations.isEmpty)

        world.evidence.unapplied = [world.ids[2]]
        #expect(
            Checker(world.evidence).violations.map(\.check) == [
                "phantoms in the read model: never committed, or given up"
            ])
        world.evidence.unapplied = []

        world.evidence.foreignKeys = ["foreign-1"]
        world.evidence.deadLetterIDs = [world.ids[1]]
        #expect(Checker(world.evidence).violations.map(\.count) == [2])
        var foreign = world.record(0, offset: 50)
        foreign = TopicRecord(
            topic: foreign.topic, partition: 0, offset: 50, key: "foreign-1", eventID: nil, payloadID: nil,
            aggregate: nil, appendedAt: 0)
        world.evidence.records.append(foreign)
        world.evidence.deadLetters = [foreign, world.record(1, offset: 51)]
        #expect(Checker(world.evidence).violations.isEmpty)
    }

    struct Mutation: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let checks: [String]
        let change: @Sendable (inout World) -> Void

        init(_ name: String, _ checks: [String], _ change: @escaping @Sendable (inout World) -> Void) {
            testDescription = name
            self.checks = checks
            self.change = change
        }
    }

    static let mutations = [
        Mutation("lost on the topic", ["lost: committed and not on the topic"]) { $0.evidence.records.remove(at: 2) },
        Mutation("phantom", ["phantoms on the topic: never committed"]) { world in
            world.evidence.records.append(world.record(UUID(), World.first, offset: 9))
        },
        Mutation("a record without an id", ["phantoms on the topic: never committed"]) { world in
            world.evidence.records.append(
                TopicRecord(
                    topic: "t", partition: 0, offset: 9, key: "A", eventID: nil, payloadID: nil, aggregate: nil,
                    appendedAt: 0))
        },
        Mutation("rolled back", ["rolled-back events on the topic"]) { world in
            world.evidence.records.append(world.record(world.rolledBack, World.first, offset: 9))
        },
        Mutation(
            "discarded", ["discarded events on the topic", "phantoms in the read model: never committed, or given up"]
        ) { $0.evidence.discarded = [$0.ids[0]] },
        Mutation("another payload", ["records with another event's payload, key or headers"]) { world in
            let record = world.record(0, offset: 0)
            world.evidence.records[0] = TopicRecord(
                topic: record.topic, partition: 0, offset: 0, key: record.key, eventID: record.eventID,
                payloadID: world.ids[1], aggregate: record.aggregate, appendedAt: 0)
        },
        Mutation("reordered", ["reordered on the topic, by first occurrence"]) { $0.evidence.records.swapAt(0, 1) },
        Mutation("scattered", ["aggregates in more than one partition"]) { world in
            world.evidence.records[1] = world.record(1, offset: 0, partition: 3)
        },
        Mutation(
            "lost in the read model", ["lost: committed and not in the read model", "totals that are not the ledger's"]
        ) { $0.evidence.applied.remove(at: 2) },
        Mutation(
            "phantom in the read model",
            [
                "phantoms in the read model: never committed, or given up", "totals that are not the ledger's",
            ]
        ) { $0.evidence.applied.append(AppliedEvent(eventID: UUID(), aggregate: World.first, appliedAt: 0)) },
        Mutation("applied twice", ["applied twice", "totals that are not the ledger's"]) { world in
            world.evidence.applied.append(world.evidence.applied[0])
        },
        Mutation("reordered in the read model", ["reordered in the read model"]) { $0.evidence.applied.swapAt(0, 1) },
        Mutation("counted twice", ["totals that are not the ledger's", "cached answers older than the read model"]) {
            $0.evidence.totals[World.first] = AggregateTotal(applied: 3, lastSequence: 2)
        },
        Mutation("stale cache", ["cached answers older than the read model"]) {
            $0.evidence.cached[World.first] = AggregateTotal(applied: 1, lastSequence: 1)
        },
        Mutation("no cached answer", ["cached answers older than the read model"]) {
            $0.evidence.cached[World.second] = nil
        },
        Mutation("a dead letter", ["dead letters that nobody poisoned"]) { world in
            world.evidence.deadLetters = [world.record(0, offset: 0)]
        },
        Mutation("vanished", ["acknowledged commits that vanished"]) { $0.evidence.business.remove($0.ids[0]) },
        Mutation("resurrected", ["rolled-back transactions that are there"]) {
            $0.evidence.business.insert($0.rolledBack)
        },
    ]

    /// Two aggregates: events 0 and 1 of the first, 2 of the second, and one that was rolled back.
    struct World: Sendable {
        static let first = AggregateKey(type: "order", id: "A"), second = AggregateKey(type: "order", id: "B")
        let ids = [UUID(), UUID(), UUID()]
        let rolledBack = UUID()
        var evidence = Evidence()

        static var right: World {
            var world = World()
            let aggregates = [first, first, second]
            world.evidence.committed = zip(world.ids, aggregates).enumerated().map { index, event in
                Truth.Event(id: event.0, aggregate: event.1, place: Int64(10 + index), committedAt: 1)
            }
            world.evidence.acknowledged = Set(world.ids)
            world.evidence.business = Set(world.ids)
            world.evidence.rolledBack = [world.rolledBack]
            world.evidence.records = (0..<3).map { world.record($0, offset: Int64($0)) }
            world.evidence.applied = zip(world.ids, aggregates).map {
                AppliedEvent(eventID: $0, aggregate: $1, appliedAt: 2)
            }
            world.evidence.totals = [
                first: AggregateTotal(applied: 2, lastSequence: 2), second: AggregateTotal(applied: 1, lastSequence: 3),
            ]
            world.evidence.cached = world.evidence.totals
            return world
        }

        func record(_ index: Int, offset: Int64, partition: Int32 = 0) -> TopicRecord {
            record(ids[index], index < 2 ? Self.first : Self.second, offset: offset, partition: partition)
        }

        func record(_ id: UUID, _ aggregate: AggregateKey, offset: Int64, partition: Int32 = 0) -> TopicRecord {
            TopicRecord(
                topic: "t", partition: partition, offset: offset, key: aggregate.id, eventID: id, payloadID: id,
                aggregate: aggregate, appendedAt: 2)
        }
    }
}
