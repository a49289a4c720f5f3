import LibRDKafka

/// A partition on its way to where the running consumer stands.
struct RebuildPartition: Sendable {
    let id: PartitionID
    /// The oldest record there was.
    let start: Int64
    /// Where the rebuild stands.
    private(set) var position: PartitionPosition
    private(set) var holds = PartitionHolds.none
    private(set) var applied: Int64 = 0
    private var reader: EventReader
    /// Read, but not applied: those from ``target`` on must not be yet.
    private var waiting: [KafkaRecord] = []
    private var first = 0
    private var waitingBytes = 0
    /// There is no record before this one that has not been received.
    private var covered: Int64 = 0
    /// The target for which it is being found out whether there is any record before it.
    private var probed: Int64?
    /// Where the running consumer stands.
    var target: Int64
    var isPaused = false

    init(_ id: PartitionID, start: Int64, target: Int64, eventTypes: Set<String>) {
        self.id = id
        self.start = start
        self.target = target
        position = PartitionPosition(nextOffset: start, holdsVersion: 0)
        reader = EventReader(eventTypes: eventTypes)
    }

    /// Whether every record before ``target`` has been applied.
    var isCaughtUp: Bool {
        if position.nextOffset >= target { return true }
        guard first < waiting.count else { return covered >= target }
        return waiting[first].offset >= target
    }

    /// Whether there is something to apply now.
    var isReady: Bool { first < waiting.count && waiting[first].offset < target }

    /// Whether so much waits that reading should stop for a while.
    var isFull: Bool { waiting.count - first > 20_000 || waitingBytes > 16 << 20 }
    /// Whether reading may go on.
    var isNearlyEmpty: Bool { waiting.count - first < 5_000 && waitingBytes < 4 << 20 }

    /// Where reading goes on when it begins anew.
    var nextToRead: Int64 { waiting.last.map { $0.offset + 1 } ?? position.nextOffset }

    mutating func receive(_ records: [KafkaRecord]) {
        var next = nextToRead
        for record in records where record.offset >= next {
            waiting.append(record)
            waitingBytes += record.byteCount
            next = record.offset + 1
        }
    }

    /// Reading begins anew: if it then ends without a record, there is none before the target.
    mutating func probe() { probed = target }

    mutating func reachedEnd() {
        if let probed { covered = max(covered, probed) }
    }

    /// Takes what is to be applied next, up to the target.
    func batch(limit: Int) -> [PartitionStateMachine<KafkaRecord>.Entry] {
        waiting[first...].prefix(limit).prefix { $0.offset < target }
            .map { .init(record: $0, offset: $0.offset, byteCount: $0.byteCount) }
    }

    mutating func read(_ entries: [PartitionStateMachine<KafkaRecord>.Entry]) -> ReadRecords<KafkaRecord> {
        ReadRecords(entries, reader: &reader)
    }

    mutating func finish(_ outcome: ApplyOutcome) {
        position = outcome.position
        holds = outcome.holds
        applied += Int64(outcome.applied.count)
        while first < waiting.count, waiting[first].offset < position.nextOffset {
            waitingBytes -= waiting[first].byteCount
            first += 1
        }
        if first > 2_000 || first == waiting.count {
            waiting.removeSubrange(..<first)
            first = 0
        }
    }
}
