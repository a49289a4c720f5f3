import CLibRDKafka

/// One admin request and its answer; blocks.
enum AdminCall {
    /// Beyond the request's own time-out, for the answer's way through librdkafka.
    private static let slackMilliseconds: Int32 = 1000

    /// - Parameters:
    ///   - awaitsOperation: Whether the brokers are to answer only when they have carried it out.
    ///   - start: Sends the request, with options and the queue for the answer.
    ///   - read: Reads the answer's event, which is destroyed afterwards.
    static func run<R>(
        _ handle: OpaquePointer, _ operation: rd_kafka_admin_op_t, timeout: Duration, awaitsOperation: Bool = false,
        start: (_ options: OpaquePointer, _ queue: OpaquePointer) throws(KafkaError) -> Void,
        read: (_ event: OpaquePointer) throws(KafkaError) -> R
    ) throws(KafkaError) -> R {
        guard let options = rd_kafka_AdminOptions_new(handle, operation), let queue = rd_kafka_queue_new(handle) else {
            throw KafkaError(.systemResource, "librdkafka gave no queue for an admin call")
        }
        defer {
            rd_kafka_queue_destroy(queue)
            rd_kafka_AdminOptions_destroy(options)
        }
        // librdkafka's bounds: 0 to 1 hour
        let milliseconds = max(1, min(timeout.roundedMilliseconds, 3_600_000))
        let reason = ErrorText()
        try check(
            rd_kafka_AdminOptions_set_request_timeout(options, milliseconds, reason.buffer, reason.size), reason.text)
        if awaitsOperation {
            try check(
                rd_kafka_AdminOptions_set_operation_timeout(options, milliseconds, reason.buffer, reason.size),
                reason.text)
        }
        try start(options, queue)
        guard let event = rd_kafka_queue_poll(queue, milliseconds + slackMilliseconds) else {
            throw KafkaError(.timedOut, "the cluster did not answer within \(timeout)")
        }
        defer { rd_kafka_event_destroy(event) }
        let response = rd_kafka_event_error(event)
        if response != RD_KAFKA_RESP_ERR_NO_ERROR {
            throw KafkaError(response, rd_kafka_event_error_string(event).map { String(cString: $0) })
        }
        return try read(event)
    }

    static func topicResults(
        _ results: UnsafeMutablePointer<OpaquePointer?>?, _ count: Int
    ) -> [KafkaTopicResult] {
        UnsafeBufferPointer(start: results, count: count).compactMap { result in
            guard let result, let name = rd_kafka_topic_result_name(result) else { return nil }
            let response = rd_kafka_topic_result_error(result)
            let text = rd_kafka_topic_result_error_string(result).map { String(cString: $0) }
            return KafkaTopicResult(
                topic: String(cString: name),
                error: response == RD_KAFKA_RESP_ERR_NO_ERROR ? nil : KafkaError(response, text))
        }
    }

    /// Partitions with the offsets that a group call answered with, those without one left out.
    static func groupOffsets(
        _ results: UnsafeMutablePointer<OpaquePointer?>?, _ count: Int, group: String
    ) throws(KafkaError) -> [KafkaTopicPartition: Int64] {
        var offsets: [KafkaTopicPartition: Int64] = [:]
        for result in UnsafeBufferPointer(start: results, count: count) {
            guard let result else { continue }
            if let error = rd_kafka_group_result_error(result) {
                // Belongs to the answer: not to be destroyed here.
                throw KafkaError(
                    rd_kafka_error_code(error), "group \(group): \(String(cString: rd_kafka_error_string(error)))")
            }
            guard let partitions = rd_kafka_group_result_partitions(result) else { continue }
            for element in PartitionList.elements(of: partitions) {
                let partition = PartitionList.partition(element)
                try check(element.err, "group \(group), \(partition)")
                if element.offset >= 0 { offsets[partition] = element.offset }
            }
        }
        return offsets
    }
}
