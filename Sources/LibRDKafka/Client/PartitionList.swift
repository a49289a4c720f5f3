import CLibRDKafka

/// Owns an `rd_kafka_topic_partition_list_t`.
struct PartitionList: ~Copyable {
    let pointer: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>

    init(_ partitions: [KafkaTopicPartition]) throws(KafkaError) {
        try self.init(partitions.map { KafkaTopicPartitionOffset($0, .stored) })
    }

    init(_ partitions: [KafkaTopicPartitionOffset]) throws(KafkaError) {
        guard let list = rd_kafka_topic_partition_list_new(Int32(clamping: partitions.count)) else {
            throw KafkaError(.systemResource, "librdkafka gave no partition list")
        }
        pointer = list
        for place in partitions {
            rd_kafka_topic_partition_list_add(list, place.topicPartition.topic, place.topicPartition.partition)?
                .pointee.offset = place.offset.logical
        }
    }

    /// Takes a list over.
    init(taking list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>) {
        pointer = list
    }

    deinit {
        rd_kafka_topic_partition_list_destroy(pointer)
    }

    /// The places that librdkafka has written into the list.
    var places: [KafkaTopicPartitionOffset] {
        Self.elements(of: pointer).map {
            KafkaTopicPartitionOffset(Self.partition($0), KafkaOffset(logical: $0.offset))
        }
    }

    /// - Throws: The first partition's error that librdkafka has written into the list.
    func throwFirstError(_ what: String) throws(KafkaError) {
        for element in Self.elements(of: pointer) where element.err != RD_KAFKA_RESP_ERR_NO_ERROR {
            throw KafkaError(
                element.err, "\(what) \(Self.partition(element)): \(String(cString: rd_kafka_err2str(element.err)))")
        }
    }

    static func elements(
        of list: UnsafePointer<rd_kafka_topic_partition_list_t>
    ) -> UnsafeBufferPointer<rd_kafka_topic_partition_t> {
        UnsafeBufferPointer(start: list.pointee.elems, count: Int(list.pointee.cnt))
    }

    static func partition(_ element: rd_kafka_topic_partition_t) -> KafkaTopicPartition {
        KafkaTopicPartition(String(cString: element.topic), element.partition)
    }
}
