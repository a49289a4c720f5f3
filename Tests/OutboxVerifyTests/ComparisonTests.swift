import FoundationEssentials
import Testing

@testable import OutboxVerify

@Suite("Comparison of outbox, topics and inbox")
struct ComparisonTests {
    @Test("finds nothing where nothing is wrong, and counts")
    func clean() {
        var story = Story()
        story.published(1...5)
        story.row(6, .pending)
        story.row(7, .parked)
        story.row(8, .held)
        story.applied = (1...4).map(Story.id)
        story.judgement.consumer = Story.consumer(nextOffsets: [4])
        let verdict = story.verdict()
        #expect(verdict.violations.isEmpty)
        #expect(verdict.tally.settled == 5)
        #expect(verdict.tally.pending == 1)
        #expect(verdict.tally.parked == 1)
        #expect(verdict.tally.held == 1)
        #expect(verdict.tally.records == 5)
        #expect(verdict.tally.applied == 4)
        #expect(verdict.tally.lagging == 1)
    }

    // MARK: Missing

    @Test("a settled event without a record is missing; a pending one, or one outside the span, is not")
    func missing() {
        var story = Story()
        story.published(1...3)
        story.row(4)
        story.row(5, .pending)
        story.row(6, isInSpan: false)
        #expect(story.wrongs == [Wrong(.missing, 4)])
    }

    @Test("what the topic's own retention may have deleted is not missing")
    func expiredRecords() {
        var story = Story()
        story.row(1)
        story.published(100...101)
        story.row(200)
        // The oldest record there is, of event 100: the clocks may differ by a minute.
        story.judgement.topicHorizons = [100_010]
        let verdict = story.verdict()
        #expect(Set(verdict.findings.map { Wrong($0.kind, $0.eventID) }) == [Wrong(.missing, 200)])
        #expect(verdict.tally.expiredRecords == 1)
        story.judgement.topicHorizons = [.max]
        #expect(story.wrongs == [])
    }

    // MARK: Order

    @Test("an event behind a later one of its aggregate is out of order; repeats, and other aggregates, are not")
    func order() {
        var story = Story()
        for n in [1, 2, 4, 3] { story.record(n) }
        for n in [2, 4, 3] { story.record(n) }
        for n in [10, 5, 6] { story.record(n, of: UInt64(n)) }
        for n in 1...4 { story.row(n) }
        for n in [5, 6, 10] { story.row(n, of: UInt64(n)) }
        let verdict = story.verdict()
        #expect(verdict.findings.map { Wrong($0.kind, $0.eventID) } == [Wrong(.outOfOrder, 3)])
        #expect(verdict.tally.duplicates == 3)
    }

    @Test("a batch that is sent again from its head after a crash is no disorder")
    func resent() {
        var story = Story()
        for n in 1...6 { story.row(n) }
        for n in [1, 2, 3, 2, 3, 4, 5, 4, 5, 6] { story.record(n) }
        #expect(story.wrongs == [])
        #expect(story.verdict().tally.duplicates == 4)
    }

    @Test("an event that its writer scheduled for later may be overtaken")
    func scheduled() {
        var story = Story()
        story.row(1, isScheduled: true)
        story.row(2)
        story.record(2)
        story.record(1)
        #expect(story.wrongs == [])
        #expect(story.verdict().tally.overtaken == 1)
    }

    @Test("an aggregate that moved to another partition has an order in each")
    func movedAggregate() {
        var story = Story()
        for n in 1...4 { story.row(n) }
        story.record(3, partition: 1)
        story.record(4, partition: 1)
        story.record(1)
        story.record(2)
        #expect(story.wrongs == [])
    }

    @Test("order is judged where the outbox keeps no settled rows, and nothing else is")
    func orderWithoutRows() {
        var story = Story()
        for n in [1, 3, 2] { story.record(n) }
        story.judgement.retention = .none
        let verdict = story.verdict()
        #expect(verdict.findings.map { Wrong($0.kind, $0.eventID) } == [Wrong(.outOfOrder, 2)])
        #expect(verdict.tally.expiredRows == 3)
    }

    // MARK: Early

    @Test("a record of an unsettled event is early once it is old, unless the event has been settled meanwhile")
    func early() {
        var story = Story()
        story.published(1...2)
        for n in 3...5 {
            story.row(n, .pending)
            story.record(n)
        }
        story.laterRows = [Story.row(4)]
        story.row(6, .pending)
        story.records.append(
            ComparedRecord(
                eventID: Story.id(6), sequence: 6, partition: 0, offset: 5, timestamp: Story.now - 5_000, aggregate: 1,
                digest: 6))
        #expect(story.wrongs == [Wrong(.early, 3), Wrong(.early, 5)])
    }

    @Test("a pending event that was published and deleted meanwhile is settled")
    func settledAndDeleted() {
        var comparison = Comparison(limit: 10)
        comparison.add(Story.row(1, .pending))
        var story = Story()
        story.record(1)
        _ = comparison.add(story.records[0])
        comparison.resolveAbsence(of: Story.id(1))
        #expect(comparison.judge(Story.judgement, settledRows: .init()).violations.isEmpty)
    }

    // MARK: Unknown

    @Test("a record without a row is unknown, unless it is committed since, given up, or old enough to be deleted")
    func unknown() {
        var story = Story()
        story.record(1)
        story.published(2...3)
        for n in 4...7 { story.record(n) }
        story.laterRows = [Story.row(5), Story.row(6, isInSpan: false)]
        story.discarded = [Story.id(7)]
        let verdict = story.verdict()
        #expect(verdict.findings.map { Wrong($0.kind, $0.eventID) } == [Wrong(.unknown, 4)])
        #expect(verdict.tally.expiredRows == 1)
        #expect(verdict.tally.discarded == 1)
        story.judgement.retention = .keep(1_000)
        #expect(story.wrongs == [])
    }

    @Test("a record outside the span is not judged")
    func outsideSpan() {
        var story = Story()
        story.published(1...2)
        for n in [10, 20] { story.record(n) }
        story.judgement.until = 15_000
        #expect(story.wrongs == [Wrong(.unknown, 10)])
        story.judgement.since = 12_000
        #expect(story.wrongs == [])
    }

    // MARK: Content

    @Test("a record that differs from its row is doubtful; what is like it is not")
    func content() {
        var story = Story()
        story.published(1...4)
        story.records[0].digest = 99
        story.records[1].aggregate = 99
        story.records[2].sequence = 0
        story.records[3].contradiction = "its key is not its aggregate's id"
        #expect(story.wrongs == [Wrong(.wrongContent, 1), Wrong(.wrongContent, 2), Wrong(.wrongContent, 4)])
    }

    // MARK: Repeats

    @Test("duplicates are counted, and violations only if that is asked for; replays are neither")
    func duplicates() {
        var story = Story()
        story.published(1...3)
        story.record(3)
        for n in 1...3 { story.record(n, isReplay: true) }
        #expect(story.wrongs == [])
        #expect(story.verdict().tally.duplicates == 1)
        #expect(story.verdict().tally.replays == 3)
        story.judgement.isStrict = true
        #expect(story.wrongs == [Wrong(.duplicated, 3)])
    }

    @Test("a replay of an event that its topic has lost is its record, and no disorder")
    func replayOfLost() {
        var story = Story()
        story.published(2...3)
        story.row(1)
        story.record(1, isReplay: true)
        #expect(story.wrongs == [])
    }

    // MARK: The inbox

    @Test("what the consumer has passed must be applied, or set aside")
    func notApplied() {
        var story = Story()
        story.published(1...6)
        story.applied = [1, 2, 4].map(Story.id)
        story.setAside = [Story.id(5)]
        story.judgement.consumer = Story.consumer(nextOffsets: [5])
        let verdict = story.verdict()
        #expect(verdict.findings.map { Wrong($0.kind, $0.eventID) } == [Wrong(.notApplied, 3)])
        #expect(verdict.tally.setAside == 1)
        #expect(verdict.tally.lagging == 1)
        story.judgement.consumer = Story.consumer(nextOffsets: [nil])
        #expect(story.wrongs == [])
    }

    @Test("what is older than the inbox, or than the consumer, or of a type that nobody asks for need not be applied")
    func beforeInbox() {
        var story = Story()
        story.published(1...5)
        story.records[4].eventType = 1
        story.applied = [3, 4].map(Story.id)
        story.judgement.consumer = Story.consumer(nextOffsets: [5])
        let verdict = story.verdict()
        #expect(verdict.violations.isEmpty)
        #expect(verdict.tally.beforeInbox == 2)
        #expect(verdict.tally.unasked == 1)
        story.applied = [1, 4].map(Story.id)
        #expect(story.wrongs == [Wrong(.notApplied, 2), Wrong(.notApplied, 3)])
        story.judgement.consumer?.inboxHorizon = 3_000
        #expect(story.wrongs == [Wrong(.notApplied, 3)])
    }

    @Test("what is in the inbox must be on the topic")
    func neverPublished() {
        var story = Story()
        story.published(1...3)
        story.row(4, .pending)
        story.applied = [1, 2, 3, 4, 9].map(Story.id)
        story.judgement.consumer = Story.consumer(nextOffsets: [3])
        #expect(story.wrongs == [Wrong(.neverPublished, 4), Wrong(.neverPublished, 9)])
        // Of an event that nothing else knows, only those who have read everything can say so.
        story.judgement.readsWholeTopics = false
        #expect(story.wrongs == [Wrong(.neverPublished, 4)])
    }

    @Test("keeps the first findings and counts them all")
    func limit() {
        var comparison = Comparison(limit: 2)
        for n in 1...5 { comparison.add(Story.row(n)) }
        let verdict = comparison.judge(Story.judgement, settledRows: .init())
        #expect(verdict.violations == [.missing: 5])
        #expect(verdict.findings.map(\.sequence) == [1, 2])
    }

    @Test("takes at most 96 bytes for an event")
    func memory() {
        var comparison = Comparison(limit: 1)
        for n in 1...200_000 {
            comparison.add(Story.row(n, of: UInt64(n % 1000)))
        }
        #expect(comparison.byteCount < 200_000 * 96)
    }
}
