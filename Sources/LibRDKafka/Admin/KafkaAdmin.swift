import CLibRDKafka
import Synchronization

/// Creates, describes, changes and deletes topics, and reads offsets.
///
/// Every call asks the cluster, on a thread of the library's own, and gives up after its time-out.
public final class KafkaAdmin: Sendable {
    private let core: ProducerCore
    private let properties: ClientProperties
    private let groups = Mutex<ProducerCore?>(nil)

    /// Makes an admin client; it connects in the background, so an unreachable cluster is not an error here.
    ///
    /// - Parameters:
    ///   - bootstrapServers: `host:port`, several separated by commas.
    ///   - clientID: Names this client in the broker's logs and quotas.
    ///   - properties: Any librdkafka property by its name, e.g. `security.protocol`.
    ///   - log: Takes librdkafka's log lines, on librdkafka's threads: it must be quick.
    /// - Throws: ``KafkaError`` that names the setting that is not allowed.
    public init(
        bootstrapServers: String, clientID: String = "outbox", properties: [String: String] = [:],
        log: (@Sendable (KafkaLogLine) -> Void)? = nil
    ) throws(KafkaError) {
        var all = ClientProperties(bootstrapServers: bootstrapServers, clientID: clientID)
        all.set("allow.auto.create.topics", false)
        all.override(with: properties)
        self.properties = all
        core = try ProducerCore(
            kind: "admin client", properties: all, observer: ClientObserver(log: log, statistics: nil, errors: nil),
            fatal: nil)
    }

    deinit {
        core.beginClosing()
        groups.withLock { $0 }?.beginClosing()
    }

    /// For offsets of groups. When a coordinator can't answer yet, or not any more, librdkafka tells the client's own
    /// group, and crashes where there is none (confluentinc/librdkafka#5040): here there is one, which nobody joins.
    private func groupsClient() throws(KafkaError) -> Client {
        try groups.withLock { core throws(KafkaError) in
            guard !self.core.client.isClosed else { throw .closed("admin client") }
            if let core { return core.client }
            var properties = properties
            if properties["group.id"] == nil { properties.set("group.id", "outbox-admin") }
            let made = try ProducerCore(
                kind: "admin client", type: RD_KAFKA_CONSUMER, properties: properties,
                observer: ClientObserver(log: self.core.client.observer.log, statistics: nil, errors: nil), fatal: nil)
            core = made
            return made.client
        }
    }

    // MARK: Topics

    /// Creates topics, and waits until the brokers have them.
    ///
    /// - Parameters:
    ///   - topics: What to create.
    ///   - timeout: How long to wait.
    /// - Returns: A result per topic; one that exists already has ``KafkaError/Code/topicAlreadyExists``.
    /// - Throws: ``KafkaError`` if the request as a whole failed.
    public func createTopics(
        _ topics: [KafkaNewTopic], timeout: Duration = .seconds(30)
    ) async throws(KafkaError) -> [KafkaTopicResult] {
        guard !topics.isEmpty else { return [] }
        return try await core.client.block { handle throws(KafkaError) in
            try AdminCall.run(
                handle, RD_KAFKA_ADMIN_OP_CREATETOPICS, timeout: timeout, awaitsOperation: true,
                start: { options, queue throws(KafkaError) in
                    var made: [OpaquePointer?] = []
                    defer { for case let topic? in made { rd_kafka_NewTopic_destroy(topic) } }
                    for topic in topics { made.append(try Self.make(topic)) }
                    rd_kafka_CreateTopics(handle, &made, made.count, options, queue)
                },
                read: { event throws(KafkaError) in
                    guard let result = rd_kafka_event_CreateTopics_result(event) else { return [] }
                    var count = 0
                    return AdminCall.topicResults(rd_kafka_CreateTopics_result_topics(result, &count), count)
                })
        }
    }

    private static func make(_ topic: KafkaNewTopic) throws(KafkaError) -> OpaquePointer {
        let reason = ErrorText()
        guard
            let made = rd_kafka_NewTopic_new(
                topic.name, topic.partitions, topic.replicationFactor, reason.buffer, reason.size)
        else { throw KafkaError(.invalidArgument, "topic \(topic.name.debugDescription): \(reason.text)") }
        for (name, value) in topic.settings {
            let response = rd_kafka_NewTopic_set_config(made, name, value)
            if response != RD_KAFKA_RESP_ERR_NO_ERROR {
                rd_kafka_NewTopic_destroy(made)
                throw KafkaError(response, "topic \(topic.name), setting \(name)")
            }
        }
        return made
    }

    /// Deletes topics with all their records, and waits until the brokers have let go of them.
    ///
    /// - Parameters:
    ///   - topics: The topics' names.
    ///   - timeout: How long to wait.
    /// - Returns: A result per topic.
    /// - Throws: ``KafkaError`` if the request as a whole failed.
    public func deleteTopics(
        _ topics: [String], timeout: Duration = .seconds(30)
    ) async throws(KafkaError) -> [KafkaTopicResult] {
        guard !topics.isEmpty else { return [] }
        return try await core.client.block { handle throws(KafkaError) in
            try AdminCall.run(
                handle, RD_KAFKA_ADMIN_OP_DELETETOPICS, timeout: timeout, awaitsOperation: true,
                start: { options, queue in
                    var made = topics.map { rd_kafka_DeleteTopic_new($0) }
                    rd_kafka_DeleteTopics(handle, &made, made.count, options, queue)
                    for case let topic? in made { rd_kafka_DeleteTopic_destroy(topic) }
                },
                read: { event throws(KafkaError) in
                    guard let result = rd_kafka_event_DeleteTopics_result(event) else { return [] }
                    var count = 0
                    return AdminCall.topicResults(rd_kafka_DeleteTopics_result_topics(result, &count), count)
                })
        }
    }

    /// Adds partitions to a topic. Keys map to other partitions afterwards.
    ///
    /// - Parameters:
    ///   - topic: The topic's name.
    ///   - total: How many partitions it is to have.
    ///   - timeout: How long to wait.
    /// - Throws: ``KafkaError`` if the cluster refused.
    public func createPartitions(
        topic: String, total: Int, timeout: Duration = .seconds(30)
    ) async throws(KafkaError) {
        let results = try await core.client.block { handle throws(KafkaError) -> [KafkaTopicResult] in
            try AdminCall.run(
                handle, RD_KAFKA_ADMIN_OP_CREATEPARTITIONS, timeout: timeout, awaitsOperation: true,
                start: { options, queue throws(KafkaError) in
                    let reason = ErrorText()
                    var made = [rd_kafka_NewPartitions_new(topic, max(0, total), reason.buffer, reason.size)]
                    guard let partitions = made[0] else {
                        throw KafkaError(.invalidArgument, "topic \(topic.debugDescription): \(reason.text)")
                    }
                    rd_kafka_CreatePartitions(handle, &made, 1, options, queue)
                    rd_kafka_NewPartitions_destroy(partitions)
                },
                read: { event throws(KafkaError) in
                    guard let result = rd_kafka_event_CreatePartitions_result(event) else { return [] }
                    var count = 0
                    return AdminCall.topicResults(rd_kafka_CreatePartitions_result_topics(result, &count), count)
                })
        }
        for case let error? in results.map(\.error) { throw error }
    }

    /// Asks the cluster about topics. It never creates one.
    ///
    /// - Parameters:
    ///   - topics: The topics' names; nil for all. One that does not exist comes back with its error.
    ///   - timeout: How long to wait for a broker.
    /// - Returns: Brokers and topics.
    /// - Throws: ``KafkaError`` if no broker answers in time.
    public func metadata(
        topics: [String]? = nil, timeout: Duration = .seconds(10)
    ) async throws(KafkaError) -> KafkaMetadata {
        try await core.client.block { handle throws(KafkaError) in
            try MetadataCall.run(handle, topics: topics, timeout: timeout)
        }
    }

    // MARK: Settings

    /// Reads topics' settings, the defaults that apply to them included.
    ///
    /// - Parameters:
    ///   - topics: The topics' names.
    ///   - timeout: How long to wait.
    /// - Returns: By topic, the values by their names; topics that do not exist are left out.
    /// - Throws: ``KafkaError`` if the request failed or may not be made for one of the topics.
    public func describeTopicConfigs(
        _ topics: [String], timeout: Duration = .seconds(10)
    ) async throws(KafkaError) -> [String: [String: String]] {
        guard !topics.isEmpty else { return [:] }
        let answers = try await core.client.block { handle throws(KafkaError) in
            try ConfigCall.describe(handle, RD_KAFKA_RESOURCE_TOPIC, topics, timeout: timeout)
                .mapValues { $0.map { $0.compactMapValues(\.value) } }
        }
        var found: [String: [String: String]] = [:]
        for (topic, answer) in answers {
            switch answer {
            case .success(let settings): found[topic] = settings
            case .failure(let error) where error.code == .unknownTopicOrPartition: continue
            case .failure(let error): throw error
            }
        }
        return found
    }

    /// Changes some of a topic's settings and leaves the others as they are.
    ///
    /// Reads the topic's own settings and writes them back changed: two callers at once may undo each other's.
    ///
    /// - Parameters:
    ///   - topic: The topic's name.
    ///   - changes: New values by the settings' names; nil goes back to the broker's default.
    ///   - timeout: How long to wait for each of the two requests.
    /// - Throws: ``KafkaError`` if the topic does not exist or the cluster refused a setting.
    public func alterTopicConfig(
        _ topic: String, _ changes: [String: String?], timeout: Duration = .seconds(10)
    ) async throws(KafkaError) {
        try await core.client.block { handle throws(KafkaError) in
            let answer = try ConfigCall.describe(handle, RD_KAFKA_RESOURCE_TOPIC, [topic], timeout: timeout)[topic]
            guard let answer else { throw KafkaError(.unknownTopicOrPartition, "there is no topic \(topic)") }
            var settings = try answer.get().filter(\.value.isOwn).compactMapValues(\.value)
            for (name, value) in changes { settings[name] = value }
            try ConfigCall.replace(handle, topic: topic, settings: settings, timeout: timeout)
        }
    }

    /// Reads a broker's settings.
    ///
    /// - Parameters:
    ///   - broker: The broker's node id.
    ///   - timeout: How long to wait.
    /// - Returns: The values by their names, without secret ones.
    /// - Throws: ``KafkaError`` if the request failed.
    public func describeBrokerConfigs(
        _ broker: Int32, timeout: Duration = .seconds(10)
    ) async throws(KafkaError) -> [String: String] {
        try await core.client.block { handle throws(KafkaError) in
            let name = String(broker)
            let answer = try ConfigCall.describe(handle, RD_KAFKA_RESOURCE_BROKER, [name], timeout: timeout)[name]
            return try answer?.get().compactMapValues(\.value) ?? [:]
        }
    }

    // MARK: Offsets

    /// Asks for offsets of partitions.
    ///
    /// - Parameters:
    ///   - partitions: The partitions.
    ///   - query: Which offset of each.
    ///   - timeout: How long to wait.
    /// - Returns: The offsets; a partition without a record at or after the time asked for is left out.
    /// - Throws: ``KafkaError`` if a partition does not exist or the cluster did not answer in time.
    public func listOffsets(
        _ partitions: [KafkaTopicPartition], at query: KafkaOffsetQuery, timeout: Duration = .seconds(10)
    ) async throws(KafkaError) -> [KafkaTopicPartition: Int64] {
        guard !partitions.isEmpty else { return [:] }
        return try await core.client.block { handle throws(KafkaError) in
            // The protocol's special times are the same numbers as librdkafka's logical offsets.
            let time: KafkaOffset =
                switch query {
                case .earliest: .earliest
                case .latest: .latest
                case .timestamp(let milliseconds): .offset(max(0, milliseconds))
                }
            let list = try PartitionList(partitions.map { KafkaTopicPartitionOffset($0, time) })
            let response = rd_kafka_offsets_for_times(handle, list.pointer, timeout.roundedMilliseconds)
            try list.throwFirstError("no offset of")
            try check(response, "no offsets")
            var offsets: [KafkaTopicPartition: Int64] = [:]
            for case (let partition, .offset(let offset)) in list.places.map({ ($0.topicPartition, $0.offset) }) {
                offsets[partition] = offset
            }
            return offsets
        }
    }

    /// Lists the consumer groups that there are.
    ///
    /// - Parameter timeout: How long to wait.
    /// - Returns: The groups, by their names; of brokers that did not answer, those they coordinate are left out.
    /// - Throws: ``KafkaError`` if the request failed.
    public func consumerGroups(timeout: Duration = .seconds(10)) async throws(KafkaError) -> [KafkaConsumerGroup] {
        try await core.client.block { handle throws(KafkaError) in try GroupsCall.run(handle, timeout: timeout) }
    }

    /// Reads a group's committed offsets.
    ///
    /// - Parameters:
    ///   - group: The group.
    ///   - partitions: The partitions.
    ///   - timeout: How long to wait.
    /// - Returns: For each partition the next offset to consume; those without a commit are left out.
    /// - Throws: ``KafkaError`` if the request failed.
    public func committedOffsets(
        group: String, _ partitions: [KafkaTopicPartition], timeout: Duration = .seconds(10)
    ) async throws(KafkaError) -> [KafkaTopicPartition: Int64] {
        guard !partitions.isEmpty else { return [:] }
        return try await groupsClient().block { handle throws(KafkaError) in
            let list = try PartitionList(partitions)
            return try AdminCall.run(
                handle, RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPOFFSETS, timeout: timeout,
                start: { options, queue in
                    var made = [rd_kafka_ListConsumerGroupOffsets_new(group, list.pointer)]
                    rd_kafka_ListConsumerGroupOffsets(handle, &made, 1, options, queue)
                    for case let request? in made { rd_kafka_ListConsumerGroupOffsets_destroy(request) }
                },
                read: { event throws(KafkaError) in
                    guard let result = rd_kafka_event_ListConsumerGroupOffsets_result(event) else { return [:] }
                    var count = 0
                    let groups = rd_kafka_ListConsumerGroupOffsets_result_groups(result, &count)
                    return try AdminCall.groupOffsets(groups, count, group: group)
                })
        }
    }

    /// Sets a group's committed offsets; the group must have no members.
    ///
    /// - Parameters:
    ///   - group: The group.
    ///   - offsets: For each partition the next offset to consume.
    ///   - timeout: How long to wait.
    /// - Throws: ``KafkaError`` if the group has members or the request failed.
    public func alterCommittedOffsets(
        group: String, _ offsets: [KafkaTopicPartition: Int64], timeout: Duration = .seconds(10)
    ) async throws(KafkaError) {
        guard !offsets.isEmpty else { return }
        try await groupsClient().block { handle throws(KafkaError) in
            let list = try PartitionList(offsets.map { KafkaTopicPartitionOffset($0, .offset($1)) })
            _ = try AdminCall.run(
                handle, RD_KAFKA_ADMIN_OP_ALTERCONSUMERGROUPOFFSETS, timeout: timeout,
                start: { options, queue in
                    var made = [rd_kafka_AlterConsumerGroupOffsets_new(group, list.pointer)]
                    rd_kafka_AlterConsumerGroupOffsets(handle, &made, 1, options, queue)
                    for case let request? in made { rd_kafka_AlterConsumerGroupOffsets_destroy(request) }
                },
                read: { event throws(KafkaError) -> [KafkaTopicPartition: Int64] in
                    guard let result = rd_kafka_event_AlterConsumerGroupOffsets_result(event) else { return [:] }
                    var count = 0
                    let groups = rd_kafka_AlterConsumerGroupOffsets_result_groups(result, &count)
                    return try AdminCall.groupOffsets(groups, count, group: group)
                })
        }
    }

    /// Ends the admin client. Calls that are under way are waited for; later ones fail with
    /// ``KafkaError/Code/closed``.
    public func close() async {
        await core.close()
        await groups.withLock { $0 }?.close()
    }
}
