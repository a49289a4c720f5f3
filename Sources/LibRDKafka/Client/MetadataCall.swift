import CLibRDKafka

/// Asks for metadata; blocks.
enum MetadataCall {
    /// Up to here each topic is asked for by itself; beyond, one request for all of them is cheaper.
    private static let asksOneByOne = 8

    static func run(
        _ handle: OpaquePointer, topics: [String]?, timeout: Duration
    ) throws(KafkaError) -> KafkaMetadata {
        guard let topics else { return try request(handle, topic: nil, timeout) }
        guard topics.count <= asksOneByOne, !topics.isEmpty else {
            var all = try request(handle, topic: nil, timeout)
            let known = Dictionary(all.topics.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
            all.topics = topics.map {
                known[$0] ?? KafkaMetadata.Topic(name: $0, partitions: [], error: KafkaError(.unknownTopicOrPartition))
            }
            return all
        }
        let clock = ContinuousClock()
        let deadline = clock.now + timeout
        var answer = KafkaMetadata(brokers: [], topics: [])
        for name in topics {
            guard !name.utf8.contains(0), let topic = rd_kafka_topic_new(handle, name, nil) else {
                answer.topics.append(.init(name: name, partitions: [], error: KafkaError(.invalidTopic)))
                continue
            }
            defer { rd_kafka_topic_destroy(topic) }
            let part = try request(handle, topic: topic, deadline - clock.now)
            answer.brokers = part.brokers
            answer.topics += part.topics
        }
        return answer
    }

    private static func request(
        _ handle: OpaquePointer, topic: OpaquePointer?, _ timeout: Duration
    ) throws(KafkaError) -> KafkaMetadata {
        var found: UnsafePointer<rd_kafka_metadata>?
        let response = rd_kafka_metadata(handle, topic == nil ? 1 : 0, topic, &found, timeout.roundedMilliseconds)
        guard response == RD_KAFKA_RESP_ERR_NO_ERROR, let found else {
            let reason = String(cString: rd_kafka_err2str(response))
            throw KafkaError(response, "no broker answered with metadata: \(reason)")
        }
        defer { rd_kafka_metadata_destroy(found) }
        let metadata = found.pointee
        let brokers = UnsafeBufferPointer(start: metadata.brokers, count: Int(metadata.broker_cnt))
        let topics = UnsafeBufferPointer(start: metadata.topics, count: Int(metadata.topic_cnt))
        return KafkaMetadata(
            brokers: brokers.map { .init(id: $0.id, host: String(cString: $0.host), port: $0.port) },
            topics: topics.map(Self.topic))
    }

    private static func topic(_ topic: rd_kafka_metadata_topic) -> KafkaMetadata.Topic {
        let partitions = UnsafeBufferPointer(start: topic.partitions, count: Int(topic.partition_cnt))
        return KafkaMetadata.Topic(
            name: String(cString: topic.topic),
            partitions: partitions.map { partition in
                KafkaMetadata.Partition(
                    id: partition.id, leader: partition.leader,
                    replicas: Array(UnsafeBufferPointer(start: partition.replicas, count: Int(partition.replica_cnt))),
                    inSyncReplicas: Array(UnsafeBufferPointer(start: partition.isrs, count: Int(partition.isr_cnt))),
                    error: error(partition.err))
            }.sorted { $0.id < $1.id },
            error: error(topic.err))
    }

    private static func error(_ response: rd_kafka_resp_err_t) -> KafkaError? {
        response == RD_KAFKA_RESP_ERR_NO_ERROR ? nil : KafkaError(response)
    }
}
