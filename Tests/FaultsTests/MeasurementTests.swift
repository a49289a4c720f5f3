import Foundation
import Testing

@testable import Faults

@Suite("Figures of faults")
struct MeasurementTests {
    @Test("gaps are those within the span, its ends included")
    func gaps() {
        let timeline = Timeline([10, 20, 50, 60])
        #expect(timeline.longestGap(from: 10, to: 60) == 30)
        #expect(timeline.longestGap(from: 30, to: 60) == 20)
        #expect(timeline.longestGap(from: 55, to: 90) == 30)
        #expect(timeline.longestGap(from: 70, to: 90) == 20)
        #expect(Timeline([]).longestGap(from: 0, to: 5) == 5)
        #expect(timeline.next(after: 20) == 50)
        #expect(timeline.next(after: 60) == nil)
        #expect(timeline.count(until: 20) == 2)
    }

    @Test("stalls, waits, duplicates and recovery go to the fault that came last before them")
    func figures() {
        var evidence = Evidence()
        let key = AggregateKey(type: "order", id: "A")
        // An event each 10 ms for 10 s; nothing comes to the topic from 2 s to 6 s, and the backlog in 500 ms then.
        for index in 0..<1000 {
            let time = Double(index * 10)
            let id = UUID()
            evidence.committed.append(Truth.Event(id: id, aggregate: key, place: Int64(index), committedAt: time))
            let appended = time >= 2000 && time < 6000 ? 6000 + (time - 2000) / 8 : max(time, time < 6500 ? 0 : time)
            let record = TopicRecord(
                topic: "t", partition: 0, offset: Int64(index), key: "A", eventID: id, payloadID: id, aggregate: key,
                appendedAt: appended)
            evidence.records.append(record)
            if index == 700 { evidence.records.append(record) }
        }
        let faults = [
            FaultRecord(number: 1, kind: .brokerKill, target: "", began: 2000, healed: 5000),
            FaultRecord(number: 2, kind: .consumerKill, target: "", began: 6900, healed: 6900),
        ]
        let figures = Measurement(Checker(evidence), faults: faults, held: [], end: 10_000).figures
        #expect(figures.map(\.kind) == [.consumerKill, .brokerKill])
        #expect(figures[1].topicStall == 4)
        #expect(figures[1].topicAfterHealing == 1)
        #expect(figures[1].longestWait == 4)
        #expect(figures[1].duplicates == 0)
        #expect(figures[1].recoveredPerSecond > 200)
        #expect(figures[0].duplicates == 1)
        #expect(figures[0].topicStall < 0.1)
    }

    @Test("an aggregate that may wait is left out")
    func held() {
        var evidence = Evidence()
        let key = AggregateKey(type: "order", id: "A")
        evidence.committed = [Truth.Event(id: UUID(), aggregate: key, place: 1, committedAt: 10)]
        evidence.records = [
            TopicRecord(
                topic: "t", partition: 0, offset: 0, key: "A", eventID: evidence.committed[0].id, payloadID: nil,
                aggregate: key, appendedAt: 9000)
        ]
        let faults = [FaultRecord(number: 1, kind: .poisonSize, target: "", began: 0, healed: 0)]
        let free = Measurement(Checker(evidence), faults: faults, held: [], end: 9000).figures
        let held = Measurement(Checker(evidence), faults: faults, held: [key], end: 9000).figures
        #expect(free[0].longestWait == 8.99)
        #expect(held[0].longestWait == 0)
    }
}
