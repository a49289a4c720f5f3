import CLibRDKafka

/// Reads and writes the settings of topics and brokers; blocks.
enum ConfigCall {
    struct Setting {
        var value: String?
        /// Whether it was set on the topic or broker itself.
        var isOwn: Bool
    }

    /// - Returns: Settings by name, for each resource or its error.
    static func describe(
        _ handle: OpaquePointer, _ type: rd_kafka_ResourceType_t, _ names: [String], timeout: Duration
    ) throws(KafkaError) -> [String: Result<[String: Setting], KafkaError>] {
        try AdminCall.run(
            handle, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, timeout: timeout,
            start: { options, queue throws(KafkaError) in
                var resources = names.map { rd_kafka_ConfigResource_new(type, $0) }
                defer { for case let resource? in resources { rd_kafka_ConfigResource_destroy(resource) } }
                guard !resources.contains(nil) else {
                    throw KafkaError(.invalidArgument, "a topic or broker to describe has no usable name")
                }
                rd_kafka_DescribeConfigs(handle, &resources, resources.count, options, queue)
            },
            read: { event throws(KafkaError) in
                guard let result = rd_kafka_event_DescribeConfigs_result(event) else { return [:] }
                var count = 0
                let resources = rd_kafka_DescribeConfigs_result_resources(result, &count)
                var answers: [String: Result<[String: Setting], KafkaError>] = [:]
                for case let resource? in UnsafeBufferPointer(start: resources, count: count) {
                    guard let name = rd_kafka_ConfigResource_name(resource) else { continue }
                    answers[String(cString: name)] = settings(of: resource)
                }
                return answers
            })
    }

    private static func settings(of resource: OpaquePointer) -> Result<[String: Setting], KafkaError> {
        let response = rd_kafka_ConfigResource_error(resource)
        if response != RD_KAFKA_RESP_ERR_NO_ERROR {
            let text = rd_kafka_ConfigResource_error_string(resource).map { String(cString: $0) }
            return .failure(KafkaError(response, text))
        }
        var count = 0
        let entries = rd_kafka_ConfigResource_configs(resource, &count)
        var settings: [String: Setting] = [:]
        for case let entry? in UnsafeBufferPointer(start: entries, count: count) {
            guard let name = rd_kafka_ConfigEntry_name(entry) else { continue }
            settings[String(cString: name)] = Setting(
                value: rd_kafka_ConfigEntry_value(entry).map { String(cString: $0) },
                isOwn: rd_kafka_ConfigEntry_source(entry) == RD_KAFKA_CONFIG_SOURCE_DYNAMIC_TOPIC_CONFIG)
        }
        return .success(settings)
    }

    /// Replaces all settings of a topic's own: what is not given goes back to its default.
    static func replace(
        _ handle: OpaquePointer, topic: String, settings: [String: String], timeout: Duration
    ) throws(KafkaError) {
        try AdminCall.run(
            handle, RD_KAFKA_ADMIN_OP_ALTERCONFIGS, timeout: timeout,
            start: { options, queue throws(KafkaError) in
                var resources = [rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic)]
                defer { for case let resource? in resources { rd_kafka_ConfigResource_destroy(resource) } }
                guard let resource = resources[0] else {
                    throw KafkaError(.invalidTopic, "\(topic.debugDescription) is not a topic name")
                }
                for (name, value) in settings {
                    try check(rd_kafka_ConfigResource_set_config(resource, name, value), "topic setting \(name)")
                }
                rd_kafka_AlterConfigs(handle, &resources, resources.count, options, queue)
            },
            read: { event throws(KafkaError) in
                guard let result = rd_kafka_event_AlterConfigs_result(event) else { return }
                var count = 0
                let resources = rd_kafka_AlterConfigs_result_resources(result, &count)
                for case let resource? in UnsafeBufferPointer(start: resources, count: count) {
                    let response = rd_kafka_ConfigResource_error(resource)
                    let text = rd_kafka_ConfigResource_error_string(resource).map { String(cString: $0) } ?? ""
                    if response != RD_KAFKA_RESP_ERR_NO_ERROR {
                        throw KafkaError(response, "the settings of topic \(topic) could not be changed: \(text)")
                    }
                }
            })
    }
}
