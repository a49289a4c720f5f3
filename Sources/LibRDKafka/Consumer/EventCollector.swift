import CLibRDKafka

/// Gathers what one poll brings: records by partition, in the order of their arrival.
struct EventCollector {
    private struct Source: Hashable {
        let topic: OpaquePointer?
        let partition: Int32
    }

    private(set) var events: [KafkaConsumerEvent] = []
    private(set) var messageCount = 0
    private let owner: ConsumerHandle
    /// Records since the last event of another kind, which they must not be moved across.
    private var groups: [(source: RecordSource, records: [KafkaRecord])] = []
    private var groupBySource: [Source: Int] = [:]
    private var last: (source: Source, group: Int)?

    init(owner: ConsumerHandle) {
        self.owner = owner
    }

    var isEmpty: Bool { events.isEmpty && groups.isEmpty }

    /// Takes a fetched message's event over.
    mutating func add(fetched event: OpaquePointer) {
        guard let message = rd_kafka_event_message_next(event) else {
            rd_kafka_event_destroy(event)
            return
        }
        if message.pointee.err != RD_KAFKA_RESP_ERR_NO_ERROR {
            let text = rd_kafka_message_errstr(message).map { String(cString: $0) }
            add(.error(KafkaError(message.pointee.err, text)))
            rd_kafka_event_destroy(event)
            return
        }
        let group = group(of: message)
        groups[group].records.append(KafkaRecord(event: event, message: message, source: groups[group].source))
        messageCount += 1
    }

    mutating func add(_ event: KafkaConsumerEvent) {
        closeGroups()
        events.append(event)
    }

    mutating func finish() -> [KafkaConsumerEvent] {
        closeGroups()
        return events
    }

    private mutating func group(of message: UnsafePointer<rd_kafka_message_t>) -> Int {
        let source = Source(topic: message.pointee.rkt, partition: message.pointee.partition)
        if let last, last.source == source { return last.group }
        let group: Int
        if let known = groupBySource[source] {
            group = known
        } else {
            group = groups.count
            let topic = rd_kafka_topic_name(source.topic).map { String(cString: $0) } ?? ""
            groups.append((RecordSource(KafkaTopicPartition(topic, source.partition), owner: owner), []))
            groupBySource[source] = group
        }
        last = (source, group)
        return group
    }

    private mutating func closeGroups() {
        for group in groups { events.append(.messages(group.source.topicPartition, group.records)) }
        groups = []
        groupBySource = [:]
        last = nil
    }
}
