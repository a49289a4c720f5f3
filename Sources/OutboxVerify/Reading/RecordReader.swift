import IdempotentConsumer
import LibPQ
import LibRDKafka
import Outbox

/// Shows records to a pass, and settles what is doubtful about them.
struct RecordReader {
    private let pass: Pass
    private let pool: PQPool
    /// Each serves one partition.
    private var readers: [KafkaTopicPartition: EventReader] = [:]
    private var doubts: [Doubt] = []
    private var doubtfulBytes = 0

    /// - Parameter pool: the outbox's database.
    init(_ pass: Pass, pool: PQPool) {
        self.pass = pass
        self.pool = pool
    }

    mutating func show(_ records: [KafkaRecord], of partition: KafkaTopicPartition) async throws {
        let topic = pass.names.topic(partition.topic)
        let place = pass.names.partition(partition)
        var reader = readers[partition] ?? EventReader(eventTypes: nil)
        for record in records {
            let aggregate = record.withKey { Hashes.aggregate(topic: topic, key: $0) }
            guard pass.owns(aggregate) else { continue }
            switch reader.read(record) {
            case .event(let event): show(event, record, place: place, aggregate: aggregate)
            case .malformed(let malformation): showStray(record, place: place, reason: "no event: \(malformation)")
            case .unknown: break
            }
            if doubts.count >= 500 || doubtfulBytes > 4 << 20 { try await settleDoubts() }
        }
        readers[partition] = reader
        try pass.checkMemory()
        pass.progress(.advanced(by: records.count))
    }

    private mutating func show(_ event: ReceivedEvent, _ record: KafkaRecord, place: Int, aggregate: UInt64) {
        let namesType =
            record.withHeader("aggregate_type") { $0 != nil } || record.withHeader("ce_aggregatetype") { $0 != nil }
        let likeness = pass.comparison.add(
            ComparedRecord(
                eventID: event.eventID, sequence: event.sequence, partition: place, offset: event.offset,
                timestamp: record.timestampMilliseconds ?? 0, aggregate: aggregate,
                digest: Hashes.content(eventType: event.eventType, payload: event.payload),
                eventType: pass.names.eventType(event.eventType), isReplay: event.isReplay,
                contradiction: contradiction(event, record, namesType: namesType)))
        guard likeness == .doubtful else { return }
        doubts.append(Doubt(event: event, key: record.key ?? [], namesAggregateType: namesType))
        doubtfulBytes += event.payload.count
    }

    private func contradiction(_ event: ReceivedEvent, _ record: KafkaRecord, namesType: Bool) -> String? {
        let isKey = record.withKey { $0.map { $0.elementsEqual(event.aggregateID.utf8) } ?? false }
        guard isKey else { return "its key is not its aggregate's id" }
        guard namesType, pass.configuration.topicTemplate.uncheckedName(for: event.aggregateType) != event.topic
        else { return nil }
        return "its topic is not that of its aggregate's type"
    }

    private func showStray(_ record: KafkaRecord, place: Int, reason: String) {
        let time = record.timestampMilliseconds ?? 0
        guard time >= pass.configuration.sinceMilliseconds ?? .min, time < pass.configuration.untilMilliseconds ?? .max
        else { return }
        pass.comparison.addStray(partition: place, offset: record.offset, reason: reason)
    }

    /// Compares with their rows what is not the same byte by byte.
    mutating func settleDoubts() async throws {
        let doubts = self.doubts
        (self.doubts, doubtfulBytes) = ([], 0)
        for (id, reason) in try await Doubt.settle(doubts, pool: pool, template: pass.configuration.topicTemplate) {
            pass.comparison.noteWrong(id, reason)
        }
    }
}
