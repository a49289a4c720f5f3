import CLibRDKafka

extension KafkaError {
    /// An error code: the Kafka protocol's (0 and up) or one of librdkafka's own (below -1).
    ///
    /// The static names are those that callers commonly tell apart; every other code works by its number.
    public struct Code: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
        /// The number, as in librdkafka's `rd_kafka_resp_err_t`.
        public let rawValue: Int32

        /// - Parameter rawValue: The number, as in librdkafka's `rd_kafka_resp_err_t`.
        public init(rawValue: Int32) {
            self.rawValue = rawValue
        }

        /// The code's name, e.g. `MSG_SIZE_TOO_LARGE` or `_TRANSPORT`.
        public var description: String {
            String(cString: rd_kafka_err2name(response))
        }

        init(_ response: rd_kafka_resp_err_t) {
            rawValue = response.rawValue
        }

        var response: rd_kafka_resp_err_t {
            rd_kafka_resp_err_t(rawValue)
        }

        // librdkafka's own

        /// The client is closed, or is being closed.
        public static let closed = Code(RD_KAFKA_RESP_ERR__DESTROY)
        /// The connection to a broker failed or was lost.
        public static let transport = Code(RD_KAFKA_RESP_ERR__TRANSPORT)
        /// No broker is reachable.
        public static let allBrokersDown = Code(RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN)
        /// A broker's name could not be resolved.
        public static let resolve = Code(RD_KAFKA_RESP_ERR__RESOLVE)
        /// The operation took longer than allowed.
        public static let timedOut = Code(RD_KAFKA_RESP_ERR__TIMED_OUT)
        /// The message was not delivered within `message.timeout.ms`.
        public static let messageTimedOut = Code(RD_KAFKA_RESP_ERR__MSG_TIMED_OUT)
        /// The operating system refused a thread, a socket or memory.
        public static let systemResource = Code(RD_KAFKA_RESP_ERR__CRIT_SYS_RESOURCE)
        /// A setting or an argument is not allowed.
        public static let invalidArgument = Code(RD_KAFKA_RESP_ERR__INVALID_ARG)
        /// The producer's queue is full.
        public static let queueFull = Code(RD_KAFKA_RESP_ERR__QUEUE_FULL)
        /// The message was purged before it was sent: it is not on the topic.
        public static let purgedInQueue = Code(RD_KAFKA_RESP_ERR__PURGE_QUEUE)
        /// The message was purged while it was on its way: it may or may not be on the topic.
        public static let purgedInFlight = Code(RD_KAFKA_RESP_ERR__PURGE_INFLIGHT)
        /// The client is dead after an earlier fatal error.
        public static let fatal = Code(RD_KAFKA_RESP_ERR__FATAL)
        /// A message failed and those behind it would leave a gap (`enable.gapless.guarantee`).
        public static let gaplessGuarantee = Code(RD_KAFKA_RESP_ERR__GAPLESS_GUARANTEE)
        /// The topic is not known in the cluster, as the client sees it.
        public static let unknownTopic = Code(RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC)
        /// The partition is not known in the cluster, as the client sees it.
        public static let unknownPartition = Code(RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION)
        /// The end of a partition was reached.
        public static let endOfPartition = Code(RD_KAFKA_RESP_ERR__PARTITION_EOF)
        /// The operation is not allowed in the present state.
        public static let state = Code(RD_KAFKA_RESP_ERR__STATE)
        /// The broker or librdkafka does not support this.
        public static let unsupportedFeature = Code(RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE)
        /// The broker did not accept the credentials.
        public static let authentication = Code(RD_KAFKA_RESP_ERR__AUTHENTICATION)
        /// The TLS handshake or certificate failed.
        public static let tls = Code(RD_KAFKA_RESP_ERR__SSL)
        /// There is no offset to commit or to start from.
        public static let noOffset = Code(RD_KAFKA_RESP_ERR__NO_OFFSET)
        /// The consumer was not polled in time and has left its group (`max.poll.interval.ms`).
        public static let maximumPollExceeded = Code(RD_KAFKA_RESP_ERR__MAX_POLL_EXCEEDED)
        /// The assignment was lost before it was given up.
        public static let assignmentLost = Code(RD_KAFKA_RESP_ERR__ASSIGNMENT_LOST)
        /// The consumer found no offset to start from and may not choose one (`auto.offset.reset=error`).
        public static let autoOffsetReset = Code(RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET)
        /// Another client with the same identity has taken over.
        public static let fenced = Code(RD_KAFKA_RESP_ERR__FENCED)
        /// Another member of the group has come with the same instance id.
        public static let fencedInstanceID = Code(RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID)

        // The protocol's

        /// No error.
        public static let none = Code(RD_KAFKA_RESP_ERR_NO_ERROR)
        /// The broker knows no more.
        public static let unknown = Code(RD_KAFKA_RESP_ERR_UNKNOWN)
        /// The offset is outside of what the partition holds.
        public static let offsetOutOfRange = Code(RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE)
        /// The topic or partition does not exist.
        public static let unknownTopicOrPartition = Code(RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART)
        /// The partition has no leader at present.
        public static let leaderNotAvailable = Code(RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE)
        /// The asked broker does not lead the partition.
        public static let notLeaderForPartition = Code(RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION)
        /// The broker did not finish in time.
        public static let requestTimedOut = Code(RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT)
        /// The message, or the batch it was sent in, is over the size limit.
        public static let messageSizeTooLarge = Code(RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE)
        /// The topic's name is not allowed.
        public static let invalidTopic = Code(RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION)
        /// The batch is larger than the segment size.
        public static let recordListTooLarge = Code(RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE)
        /// Fewer replicas are in sync than `min.insync.replicas` asks for.
        public static let notEnoughReplicas = Code(RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS)
        /// The generation is not the group's current one.
        public static let illegalGeneration = Code(RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION)
        /// The coordinator does not know this member.
        public static let unknownMember = Code(RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID)
        /// The group is being rebalanced.
        public static let rebalanceInProgress = Code(RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS)
        /// The user may not do this with the topic.
        public static let topicAuthorizationFailed = Code(RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED)
        /// The user may not do this with the group.
        public static let groupAuthorizationFailed = Code(RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED)
        /// The user may not do this with the cluster.
        public static let clusterAuthorizationFailed = Code(RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED)
        /// The record's timestamp is outside of what the topic allows.
        public static let invalidTimestamp = Code(RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP)
        /// The topic exists already.
        public static let topicAlreadyExists = Code(RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS)
        /// The number of partitions is not allowed.
        public static let invalidPartitions = Code(RD_KAFKA_RESP_ERR_INVALID_PARTITIONS)
        /// There are fewer brokers than replicas asked for.
        public static let invalidReplicationFactor = Code(RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR)
        /// The topic or broker setting is not allowed.
        public static let invalidConfiguration = Code(RD_KAFKA_RESP_ERR_INVALID_CONFIG)
        /// A policy of the cluster forbids it.
        public static let policyViolation = Code(RD_KAFKA_RESP_ERR_POLICY_VIOLATION)
        /// A sequence number arrived out of order.
        public static let outOfOrderSequence = Code(RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER)
        /// The broker has forgotten the producer's id.
        public static let unknownProducer = Code(RD_KAFKA_RESP_ERR_UNKNOWN_PRODUCER_ID)
        /// The broker refused the record (a compacted topic refuses one without a key, for example).
        public static let invalidRecord = Code(RD_KAFKA_RESP_ERR_INVALID_RECORD)
        /// The group still has members.
        public static let nonEmptyGroup = Code(RD_KAFKA_RESP_ERR_NON_EMPTY_GROUP)
        /// There is no such group.
        public static let groupNotFound = Code(RD_KAFKA_RESP_ERR_GROUP_ID_NOT_FOUND)

        /// Errors of the network, of elections and of coordinators in motion: they pass.
        var isRetriable: Bool {
            Self.retriable.contains(rawValue)
        }

        private static let retriable: Set<Int32> = Set(
            [
                RD_KAFKA_RESP_ERR__TRANSPORT, RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, RD_KAFKA_RESP_ERR__RESOLVE,
                RD_KAFKA_RESP_ERR__TIMED_OUT, RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE, RD_KAFKA_RESP_ERR__MSG_TIMED_OUT,
                RD_KAFKA_RESP_ERR__QUEUE_FULL, RD_KAFKA_RESP_ERR__WAIT_COORD, RD_KAFKA_RESP_ERR__WAIT_CACHE,
                RD_KAFKA_RESP_ERR__RETRY, RD_KAFKA_RESP_ERR__IN_PROGRESS, RD_KAFKA_RESP_ERR__PREV_IN_PROGRESS,
                RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE, RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION,
                RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT, RD_KAFKA_RESP_ERR_BROKER_NOT_AVAILABLE,
                RD_KAFKA_RESP_ERR_REPLICA_NOT_AVAILABLE, RD_KAFKA_RESP_ERR_NETWORK_EXCEPTION,
                RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS, RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE,
                RD_KAFKA_RESP_ERR_NOT_COORDINATOR, RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS,
                RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS_AFTER_APPEND, RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS,
                RD_KAFKA_RESP_ERR_NOT_CONTROLLER, RD_KAFKA_RESP_ERR_KAFKA_STORAGE_ERROR,
                RD_KAFKA_RESP_ERR_FENCED_LEADER_EPOCH, RD_KAFKA_RESP_ERR_UNKNOWN_LEADER_EPOCH,
                RD_KAFKA_RESP_ERR_STALE_BROKER_EPOCH, RD_KAFKA_RESP_ERR_OFFSET_NOT_AVAILABLE,
                RD_KAFKA_RESP_ERR_UNSTABLE_OFFSET_COMMIT, RD_KAFKA_RESP_ERR_THROTTLING_QUOTA_EXCEEDED,
            ].map(\.rawValue))
    }
}
