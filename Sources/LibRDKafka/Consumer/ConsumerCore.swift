import CLibRDKafka

/// What a consumer and its thread share; it lives until the consumer is closed.
final class ConsumerCore: @unchecked Sendable {
    // Safe to share: `queue` and `handle` are touched by the consumer's thread alone (yielding a queue is allowed
    // from any thread until the thread has ended, which happens under `state`'s lock); all else is Sendable.
    typealias PollContinuation = CheckedContinuation<Result<[KafkaConsumerEvent], KafkaError>, Never>

    /// How long a closing consumer waits for the group to let it go.
    private static let closePatience = Duration.seconds(5)

    enum Rebalance: Sendable {
        case none
        case assign
        case revoke
    }

    private struct Poll {
        let id: Int
        let maximumMessages: Int
        let deadline: ContinuousClock.Instant
        let continuation: PollContinuation
    }

    private struct State {
        var poll: Poll?
        var wasAssigned = false
        var isCancelled = false
        var nextID = 0
        var cancelledBeforeStart: Set<Int> = []
        var rebalance = Rebalance.none
        var isClosing = false
        var isClosed = false
        var closers: [CheckedContinuation<Void, Never>] = []
        var room = RoomWatch()
    }

    let client: Client
    private let isCooperative: Bool
    /// Whether librdkafka can't be told how soon to look whether its queue has room again.
    private let hasFixedBackoff = rd_kafka_version() < KafkaConsumerConfiguration.fetchQueueBackoff.since
    private let queue: OpaquePointer
    private var handle: ConsumerHandle?
    private let state = Condition(State())

    init(_ configuration: KafkaConsumerConfiguration) throws(KafkaError) {
        let properties = configuration.clientProperties
        isCooperative = properties["partition.assignment.strategy"]?.contains("cooperative") ?? false
        client = try Client(
            kind: "consumer", type: RD_KAFKA_CONSUMER, properties: properties,
            events: RD_KAFKA_EVENT_FETCH | RD_KAFKA_EVENT_REBALANCE,
            observer: ClientObserver(log: configuration.log, statistics: configuration.statistics, errors: nil))
        rd_kafka_poll_set_consumer(client.unguardedHandle)
        guard let queue = rd_kafka_queue_get_consumer(client.unguardedHandle) else {
            client.destroy(flags: RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE)
            throw KafkaError(.invalidArgument, "a consumer needs a group id")
        }
        self.queue = queue
        handle = ConsumerHandle(client)
        guard OwnThread.start("kafka-consumer", { [self] in run() }) else {
            rd_kafka_queue_destroy(queue)
            handle?.destroy()
            throw KafkaError(.systemResource, "the system refused the consumer's thread")
        }
    }

    // MARK: Calls

    func poll(maximumMessages: Int, timeout: Duration) async throws(KafkaError) -> [KafkaConsumerEvent] {
        let id = state.update { state in
            state.nextID += 1
            return state.nextID
        }
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: PollContinuation) in
                let refusal: Result<[KafkaConsumerEvent], KafkaError>? = state.update { state in
                    if state.isClosing { return .failure(.closed("consumer")) }
                    if state.poll != nil {
                        return .failure(KafkaError(.state, "another poll of this consumer is under way"))
                    }
                    if state.cancelledBeforeStart.remove(id) != nil { return .success([]) }
                    state.isCancelled = false
                    state.poll = Poll(
                        id: id, maximumMessages: max(1, maximumMessages),
                        deadline: ContinuousClock.now + timeout, continuation: continuation)
                    return nil
                }
                if let refusal { continuation.resume(returning: refusal) }
            }
        } onCancel: {
            cancel(id)
        }
        state.update { _ = $0.cancelledBeforeStart.remove(id) }
        return try result.get()
    }

    private func cancel(_ id: Int) {
        state.update { state in
            if state.poll?.id == id {
                state.isCancelled = true
                rd_kafka_queue_yield(queue)
            } else {
                state.cancelledBeforeStart.insert(id)
            }
        }
    }

    /// The caller has answered a rebalance.
    func rebalanceAnswered() {
        state.update { $0.rebalance = .none }
    }

    func close() async {
        beginClosing()
        await withCheckedContinuation { continuation in
            let isClosed = state.update { state in
                if !state.isClosed { state.closers.append(continuation) }
                return state.isClosed
            }
            if isClosed { continuation.resume() }
        }
    }

    func beginClosing() {
        guard client.close() else { return }
        state.update { state in
            state.isClosing = true
            rd_kafka_queue_yield(queue)
        }
    }

    // MARK: The consumer's thread

    private func run() {
        while let poll = state.wait(for: { state in
            state.isClosing && state.poll == nil ? .some(nil) : state.poll.map { .some($0) }
        }) {
            let events = collect(poll)
            if hasFixedBackoff { wakeFetchers() }
            state.update { $0.poll = nil }
            poll.continuation.resume(returning: events)
        }
        // Nobody may be answering a rebalance or committing when the consumer goes.
        client.waitUntilUnused()
        let isIndestructible = isIndestructible
        leaveGroup()
        rd_kafka_queue_destroy(queue)
        if isIndestructible {
            handle?.abandon()
        } else if isKnownUniquelyReferenced(&handle) {
            handle?.destroy()
        }
        handle = nil
        let closers = state.update { state in
            state.isClosed = true
            defer { state.closers = [] }
            return state.closers
        }
        for closer in closers { closer.resume() }
    }

    private func collect(_ poll: Poll) -> Result<[KafkaConsumerEvent], KafkaError> {
        guard let handle else { return .failure(.closed("consumer")) }
        var collector = EventCollector(owner: handle)
        gather: while collector.messageCount < poll.maximumMessages {
            let patience = collector.isEmpty ? poll.deadline - ContinuousClock.now : .zero
            guard let event = rd_kafka_queue_poll(queue, patience.roundedMilliseconds) else {
                // Woken without an event: because of cancellation or closing, or by a callback of librdkafka's own.
                if !collector.isEmpty || patience <= .zero { break }
                if state.read({ $0.isCancelled || $0.isClosing }) { break }
                continue
            }
            switch rd_kafka_event_type(event) {
            case RD_KAFKA_EVENT_FETCH:
                collector.add(fetched: event)
            case RD_KAFKA_EVENT_REBALANCE:
                collector.add(rebalance(event))
                rd_kafka_event_destroy(event)
                break gather
            case RD_KAFKA_EVENT_ERROR where rd_kafka_event_error(event) == RD_KAFKA_RESP_ERR__PARTITION_EOF:
                if let partition = rd_kafka_event_topic_partition(event) {
                    collector.add(.endOfPartition(PartitionList.partition(partition.pointee)))
                    rd_kafka_topic_partition_destroy(partition)
                }
                rd_kafka_event_destroy(event)
            case RD_KAFKA_EVENT_ERROR:
                collector.add(.error(error(event)))
                rd_kafka_event_destroy(event)
            default:
                _ = client.serveCommon(event)
                rd_kafka_event_destroy(event)
            }
        }
        return .success(collector.finish())
    }

    /// Has librdkafka look whether its queue has room, when there is.
    private func wakeFetchers() {
        let queued = rd_kafka_queue_length(queue)
        guard state.update({ $0.room.shouldAsk(queued: queued) }) else { return }
        Task {
            // One request to the leader of each partition; nobody needs the answers.
            try? await client.block { handle throws(KafkaError) in
                var assigned: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?
                guard rd_kafka_assignment(handle, &assigned) == RD_KAFKA_RESP_ERR_NO_ERROR, let assigned else { return }
                let list = PartitionList(taking: assigned)
                for index in 0..<Int(assigned.pointee.cnt) {
                    assigned.pointee.elems[index].offset = Int64(RD_KAFKA_OFFSET_END)
                }
                _ = rd_kafka_offsets_for_times(handle, list.pointer, 500)
            }
            state.update { $0.room.asked() }
        }
    }

    private func error(_ event: OpaquePointer) -> KafkaError {
        if let fatal = client.serveCommon(event) { return fatal }
        var text = rd_kafka_event_error_string(event).map { String(cString: $0) } ?? ""
        if let partition = rd_kafka_event_topic_partition(event) {
            text = "\(PartitionList.partition(partition.pointee)): \(text)"
            rd_kafka_topic_partition_destroy(partition)
        }
        return KafkaError(rd_kafka_event_error(event), text)
    }

    private func rebalance(_ event: OpaquePointer) -> KafkaConsumerEvent {
        let response = rd_kafka_event_error(event)
        let partitions = rd_kafka_event_topic_partition_list(event).map { list in
            PartitionList.elements(of: list).map(PartitionList.partition)
        }
        switch response {
        case RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS:
            state.update { ($0.rebalance, $0.wasAssigned) = (.assign, true) }
            return .assigned(partitions ?? [])
        case RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS:
            state.update { $0.rebalance = .revoke }
            return .revoked(partitions ?? [], lost: rd_kafka_assignment_lost(client.unguardedHandle) != 0)
        default:
            // The group could not be joined; nothing may stay assigned.
            rd_kafka_assign(client.unguardedHandle, nil)
            return .error(KafkaError(response))
        }
    }

    /// Whether destroying the client would end the process: in librdkafka before 2.3, a member of a cooperative group
    /// to which nothing has ever been assigned can't be destroyed (an assertion fails, confluentinc/librdkafka#4312).
    private var isIndestructible: Bool {
        guard rd_kafka_version() < 0x0203_0000, isCooperative, !state.read(\.wasAssigned) else { return false }
        var topics: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?
        rd_kafka_subscription(client.unguardedHandle, &topics)
        defer { if let topics { rd_kafka_topic_partition_list_destroy(topics) } }
        return (topics?.pointee.cnt ?? 0) > 0
    }

    /// Gives everything up and leaves the group, for as long as it takes or `closePatience`.
    private func leaveGroup() {
        let rk = client.unguardedHandle
        switch state.read(\.rebalance) {
        case .none: break
        case .assign: answerWhileClosing(RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS, nil)
        case .revoke: answerWhileClosing(RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS, nil)
        }
        guard let closing = rd_kafka_queue_new(rk) else { return }
        defer { rd_kafka_queue_destroy(closing) }
        if let error = rd_kafka_consumer_close_queue(rk, closing) {
            rd_kafka_error_destroy(error)
            return
        }
        let deadline = ContinuousClock.now + Self.closePatience
        while rd_kafka_consumer_closed(rk) == 0, ContinuousClock.now < deadline {
            guard let event = rd_kafka_queue_poll(closing, 10) else { continue }
            if rd_kafka_event_type(event) == RD_KAFKA_EVENT_REBALANCE {
                answerWhileClosing(rd_kafka_event_error(event), rd_kafka_event_topic_partition_list(event))
            }
            rd_kafka_event_destroy(event)
        }
    }

    private func answerWhileClosing(
        _ response: rd_kafka_resp_err_t, _ partitions: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?
    ) {
        let rk = client.unguardedHandle
        guard RebalanceProtocol.isCooperative(rk) else {
            rd_kafka_assign(rk, nil)
            return
        }
        var error: OpaquePointer?
        if response == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS {
            // Takes none of them.
            guard let none = rd_kafka_topic_partition_list_new(0) else { return }
            error = rd_kafka_incremental_assign(rk, none)
            rd_kafka_topic_partition_list_destroy(none)
        } else {
            var assigned: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?
            if partitions == nil { rd_kafka_assignment(rk, &assigned) }
            if let revoked = partitions ?? assigned { error = rd_kafka_incremental_unassign(rk, revoked) }
            if let assigned { rd_kafka_topic_partition_list_destroy(assigned) }
        }
        if let error { rd_kafka_error_destroy(error) }
    }
}
