import CLibRDKafka

/// Lists consumer groups; blocks.
enum GroupsCall {
    static func run(_ handle: OpaquePointer, timeout: Duration) throws(KafkaError) -> [KafkaConsumerGroup] {
        try AdminCall.run(
            handle, RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPS, timeout: timeout,
            start: { options, queue in rd_kafka_ListConsumerGroups(handle, options, queue) },
            read: { event throws(KafkaError) in
                guard let result = rd_kafka_event_ListConsumerGroups_result(event) else { return [] }
                var count = 0
                let groups = rd_kafka_ListConsumerGroups_result_valid(result, &count)
                var found: [KafkaConsumerGroup] = []
                for case let group? in UnsafeBufferPointer(start: groups, count: count) {
                    guard let name = rd_kafka_ConsumerGroupListing_group_id(group) else { continue }
                    found.append(
                        KafkaConsumerGroup(
                            name: String(cString: name), state: state(rd_kafka_ConsumerGroupListing_state(group))))
                }
                // Each broker is asked for its own; one that did not answer leaves a gap.
                let errors = rd_kafka_ListConsumerGroups_result_errors(result, &count)
                for case let error? in UnsafeBufferPointer(start: errors, count: count) where found.isEmpty {
                    throw KafkaError(
                        rd_kafka_error_code(error), "groups: \(String(cString: rd_kafka_error_string(error)))")
                }
                return found.sorted { $0.name < $1.name }
            })
    }

    private static func state(_ state: rd_kafka_consumer_group_state_t) -> KafkaConsumerGroup.State {
        switch state {
        case RD_KAFKA_CONSUMER_GROUP_STATE_PREPARING_REBALANCE, RD_KAFKA_CONSUMER_GROUP_STATE_COMPLETING_REBALANCE:
            .rebalancing
        case RD_KAFKA_CONSUMER_GROUP_STATE_STABLE: .stable
        case RD_KAFKA_CONSUMER_GROUP_STATE_EMPTY: .empty
        case RD_KAFKA_CONSUMER_GROUP_STATE_DEAD: .dead
        default: .unknown
        }
    }
}
