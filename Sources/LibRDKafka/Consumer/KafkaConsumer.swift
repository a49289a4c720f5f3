import CLibRDKafka
import Glibc

/// Reads records from Kafka, as a member of a consumer group or from partitions of one's own choice.
///
/// Nothing is committed by itself. A rebalance arrives as an event of ``poll(maximumMessages:timeout:)`` and waits
/// until the caller has answered it, so that work in progress can be finished or rolled back first:
///
///     for event in try await consumer.poll(timeout: .seconds(1)) {
///         switch event {
///         case .assigned(let partitions): try await consumer.completeAssign(partitions.map { .init($0, .stored) })
///         case .revoked(let partitions, _): try await consumer.completeRevoke(partitions)
///         case .messages(let partition, let records): try await apply(records, of: partition)
///         case .endOfPartition, .error: …
///         }
///     }
///
/// It must be polled at least every `max.poll.interval.ms` (5 minutes by default), or it loses its partitions.
public final class KafkaConsumer: Sendable {
    private let core: ConsumerCore

    /// Makes a consumer; it connects in the background, so an unreachable cluster is not an error here.
    ///
    /// - Parameter configuration: The settings.
    /// - Throws: ``KafkaError`` that names the setting that is not allowed.
    public init(_ configuration: KafkaConsumerConfiguration) throws(KafkaError) {
        core = try ConsumerCore(configuration)
    }

    deinit {
        core.beginClosing()
    }

    // MARK: Groups

    /// Joins the group to read topics; replaces an earlier subscription.
    ///
    /// - Parameter topics: The topics' names; one that starts with `^` is a regular expression.
    /// - Throws: ``KafkaError`` if a name is not allowed or the consumer is closed.
    public func subscribe(_ topics: [String]) async throws(KafkaError) {
        try await core.client.block { handle throws(KafkaError) in
            let list = try PartitionList(topics.map { KafkaTopicPartition($0, RD_KAFKA_PARTITION_UA) })
            try check(
                rd_kafka_subscribe(handle, list.pointer), "could not subscribe to \(topics.joined(separator: ", "))")
        }
    }

    /// Leaves the group; the partitions come back as a `.revoked` event.
    ///
    /// - Throws: ``KafkaError`` if the consumer is closed.
    public func unsubscribe() async throws(KafkaError) {
        try await core.client.block { handle throws(KafkaError) in
            try check(rd_kafka_unsubscribe(handle), "could not unsubscribe")
        }
    }

    /// Waits for what comes next: returns as soon as there is something, with all that is there already.
    ///
    /// One poll at a time. It returns early, perhaps with nothing, when the task is cancelled or the consumer closed.
    ///
    /// - Parameters:
    ///   - maximumMessages: How many records to return at most.
    ///   - timeout: How long to wait for the first event.
    /// - Returns: Events in the order of their arrival; a rebalance is always the last one. Empty after `timeout`.
    /// - Throws: ``KafkaError`` if the consumer is closed or already being polled.
    public func poll(
        maximumMessages: Int = 1000, timeout: Duration
    ) async throws(KafkaError) -> [KafkaConsumerEvent] {
        try await core.poll(maximumMessages: maximumMessages, timeout: timeout)
    }

    /// Answers `.assigned`: starts to read the partitions.
    ///
    /// - Parameter partitions: The event's partitions, each with where to start.
    /// - Throws: ``KafkaError`` if the consumer is closed, or the group has moved on meanwhile (another event tells).
    public func completeAssign(_ partitions: [KafkaTopicPartitionOffset]) async throws(KafkaError) {
        try await answer { handle throws(KafkaError) in
            let list = try PartitionList(partitions)
            if RebalanceProtocol.isCooperative(handle) {
                try check(error: rd_kafka_incremental_assign(handle, list.pointer))
            } else {
                try check(rd_kafka_assign(handle, list.pointer), "could not take the assignment")
            }
        }
    }

    /// Answers `.revoked`: stops to read the partitions and lets the group have them.
    ///
    /// - Parameter partitions: The event's partitions.
    /// - Throws: ``KafkaError`` if the consumer is closed, or the group has moved on meanwhile (another event tells).
    public func completeRevoke(_ partitions: [KafkaTopicPartition]) async throws(KafkaError) {
        try await answer { handle throws(KafkaError) in
            if RebalanceProtocol.isCooperative(handle) {
                let list = try PartitionList(partitions)
                try check(error: rd_kafka_incremental_unassign(handle, list.pointer))
            } else {
                try check(rd_kafka_assign(handle, nil), "could not give up the assignment")
            }
        }
    }

    private func answer(
        _ body: @escaping @Sendable (OpaquePointer) throws(KafkaError) -> Void
    ) async throws(KafkaError) {
        let core = core
        try await core.client.block { handle throws(KafkaError) in
            core.rebalanceAnswered()
            try body(handle)
        }
    }

    // MARK: Partitions

    /// Reads partitions of one's own choice, without a group's rebalances; replaces an earlier assignment.
    ///
    /// - Parameter partitions: The partitions, each with where to start; none to stop.
    /// - Throws: ``KafkaError`` if the consumer is closed.
    public func assign(_ partitions: [KafkaTopicPartitionOffset]) async throws(KafkaError) {
        try await core.client.block { handle throws(KafkaError) in
            let list = try PartitionList(partitions)
            try check(rd_kafka_assign(handle, list.pointer), "could not assign partitions")
        }
    }

    /// - Returns: The partitions that the consumer reads at present, as answered or assigned.
    /// - Throws: ``KafkaError`` if the consumer is closed.
    public func assignment() async throws(KafkaError) -> [KafkaTopicPartition] {
        try await core.client.block { handle throws(KafkaError) in
            var found: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?
            try check(rd_kafka_assignment(handle, &found), "could not read the assignment")
            guard let found else { return [] }
            return PartitionList(taking: found).places.map(\.topicPartition)
        }
    }

    /// Moves to another place in partitions that are assigned. Records read before are not returned any more by
    /// polls that start afterwards.
    ///
    /// - Parameters:
    ///   - places: The partitions and where to go on.
    ///   - timeout: How long to wait for it to take effect.
    /// - Throws: ``KafkaError`` if one is not assigned, or it took too long.
    public func seek(
        _ places: [KafkaTopicPartitionOffset], timeout: Duration = .seconds(10)
    ) async throws(KafkaError) {
        try await core.client.block { handle throws(KafkaError) in
            let list = try PartitionList(places)
            try check(error: rd_kafka_seek_partitions(handle, list.pointer, timeout.roundedMilliseconds))
            try list.throwFirstError("could not seek in")
        }
    }

    /// Stops to read partitions that stay assigned. What was fetched but not polled yet is read again on resume.
    ///
    /// - Parameter partitions: The partitions.
    /// - Throws: ``KafkaError`` if one is not assigned.
    public func pause(_ partitions: [KafkaTopicPartition]) async throws(KafkaError) {
        try await core.client.block { handle throws(KafkaError) in
            let list = try PartitionList(partitions)
            try check(rd_kafka_pause_partitions(handle, list.pointer), "could not pause")
            try list.throwFirstError("could not pause")
        }
    }

    /// Reads paused partitions again.
    ///
    /// - Parameter partitions: The partitions.
    /// - Throws: ``KafkaError`` if one is not assigned.
    public func resume(_ partitions: [KafkaTopicPartition]) async throws(KafkaError) {
        try await core.client.block { handle throws(KafkaError) in
            let list = try PartitionList(partitions)
            try check(rd_kafka_resume_partitions(handle, list.pointer), "could not resume")
            try list.throwFirstError("could not resume")
        }
    }

    // MARK: Offsets

    /// Commits offsets for the group and waits until the broker has them.
    ///
    /// - Parameter offsets: For each partition the *next* offset to consume.
    /// - Throws: ``KafkaError`` if the broker refused, e.g. because the partition was lost meanwhile.
    public func commit(_ offsets: [KafkaTopicPartitionOffset]) async throws(KafkaError) {
        guard !offsets.isEmpty else { return }
        try await core.client.block { handle throws(KafkaError) in
            let list = try PartitionList(offsets)
            let response = rd_kafka_commit(handle, list.pointer, 0)
            try list.throwFirstError("could not commit")
            try check(response, "could not commit")
        }
    }

    /// Asks the broker for the group's committed offsets.
    ///
    /// - Parameters:
    ///   - partitions: The partitions.
    ///   - timeout: How long to wait for the broker.
    /// - Returns: For each partition the committed offset, or `.stored` if there is none.
    /// - Throws: ``KafkaError`` if the broker did not answer in time.
    public func committed(
        _ partitions: [KafkaTopicPartition], timeout: Duration = .seconds(10)
    ) async throws(KafkaError) -> [KafkaTopicPartitionOffset] {
        try await core.client.block { handle throws(KafkaError) in
            let list = try PartitionList(partitions)
            try check(
                rd_kafka_committed(handle, list.pointer, timeout.roundedMilliseconds), "no committed offsets")
            try list.throwFirstError("no committed offset of")
            return list.places
        }
    }

    /// - Parameter partitions: Partitions that are assigned.
    /// - Returns: For each the offset behind the last record that a poll has returned, or `.stored` if none has been.
    /// - Throws: ``KafkaError`` if the consumer is closed.
    public func position(
        _ partitions: [KafkaTopicPartition]
    ) async throws(KafkaError) -> [KafkaTopicPartitionOffset] {
        try await core.client.block { handle throws(KafkaError) in
            let list = try PartitionList(partitions)
            try check(rd_kafka_position(handle, list.pointer), "no positions")
            try list.throwFirstError("no position in")
            return list.places
        }
    }

    /// Asks the broker for the ends of a partition.
    ///
    /// - Parameters:
    ///   - partition: The partition.
    ///   - timeout: How long to wait for the broker, and for a leader that is being elected or not known yet.
    /// - Returns: The oldest offset and the next one to be written.
    /// - Throws: ``KafkaError`` if the partition does not exist or the broker did not answer in time.
    public func watermarks(
        of partition: KafkaTopicPartition, timeout: Duration = .seconds(10)
    ) async throws(KafkaError) -> KafkaWatermarks {
        try await core.client.block { handle throws(KafkaError) in
            let deadline = ContinuousClock.now + timeout
            while true {
                var marks = KafkaWatermarks(low: 0, high: 0)
                let response = rd_kafka_query_watermark_offsets(
                    handle, partition.topic, partition.partition, &marks.low, &marks.high,
                    timeout.roundedMilliseconds)
                if response == RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION
                    || response == RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE, ContinuousClock.now < deadline
                {
                    // On a thread of our own; nobody else waits for it.
                    usleep(50_000)
                    continue
                }
                try check(response, "no watermarks of \(partition)")
                return marks
            }
        }
    }

    /// Asks the cluster about topics. It never creates one.
    ///
    /// - Parameters:
    ///   - topics: The topics' names; nil for all.
    ///   - timeout: How long to wait for a broker.
    /// - Returns: Brokers and topics.
    /// - Throws: ``KafkaError`` if no broker answers in time.
    public func metadata(topics: [String]?, timeout: Duration) async throws(KafkaError) -> KafkaMetadata {
        try await core.client.block { handle throws(KafkaError) in
            try MetadataCall.run(handle, topics: topics, timeout: timeout)
        }
    }

    /// Leaves the group and frees everything; commits nothing. Records that are still held stay valid.
    ///
    /// An unanswered rebalance is answered by giving everything up. If the cluster is out of reach, the group is left
    /// to the session time-out after a few seconds.
    public func close() async {
        await core.close()
    }
}
