public import Outbox

/// How a consumer works.
public struct ConsumerConfiguration: Sendable {
    /// Where a partition begins that the database has no offset for.
    public enum Start: Sendable, Hashable {
        /// At the oldest record there is.
        case earliest
        /// Behind the newest record there is: what was published before is not applied.
        case latest
        /// Where the Kafka group's committed offset stands, otherwise at the oldest record. To take over from another
        /// consumer; not for a read model that has been emptied, which needs the old events.
        case committed
    }

    /// What becomes of an aggregate whose event has used up its attempts. The event is on the dead-letter topic.
    public enum DeadLetterPolicy: Sendable, Hashable {
        /// The aggregate stays on hold: its later events wait, in order, until an operator decides.
        case hold
        /// The event is left out, and the aggregate goes on without it.
        case skip
    }

    /// How partitions are shared out in the group.
    public enum Assignment: String, Sendable, Hashable, CaseIterable {
        /// Moves as few partitions as it can, and the others go on meanwhile.
        case cooperativeSticky
        /// Gives all partitions up at every change.
        case range
        /// Gives all partitions up at every change.
        case roundRobin
    }

    /// The consumer's name: its Kafka group, and what its rows are filed under in the database.
    public var name: String
    /// `host:port,…`
    public var bootstrapServers: String
    /// What to read. A name that begins with `^` is a regular expression; topics of dead letters are left out of it.
    public var topics: [String]
    /// Any librdkafka property; wins over what this configuration sets, except for what the guarantees rest on.
    public var kafkaProperties: [String: String] = [:]
    /// The most partitions that are worked on at once, each on a connection of its own. The pool needs two more.
    public var parallelism = 4
    /// The most records in a transaction.
    public var batchSize = 1_000
    /// The most bytes that wait in memory to be applied, over all partitions, about; half of them fetched ahead.
    public var bufferedBytes = 64 << 20
    /// Where a partition begins that the database has no offset for.
    public var start = Start.earliest
    /// How partitions are shared out in the group.
    public var assignment = Assignment.cooperativeSticky
    /// Names this instance for good among those of the group (static membership): it may be away for the session
    /// time-out, as for a restart, and gets its partitions back without a rebalance. Of two with one name the older is
    /// shut out and ends with ``ConsumerError/Code/fenced``. nil: the group shares the partitions out anew at once.
    public var groupInstance: String?
    /// How often an event is tried before it is a dead letter.
    public var maximumAttempts = 5
    /// The wait before an event's second attempt; doubles from attempt to attempt, up to five minutes.
    public var retryBackoff = Duration.seconds(1)
    /// The longest wait between attempts while a server does not work.
    public var maximumBackoff = Duration.seconds(5)
    /// What becomes of an aggregate whose event has used up its attempts.
    public var deadLetterPolicy = DeadLetterPolicy.hold
    /// What a topic's dead-letter topic is called behind the topic's own name.
    public var deadLetterSuffix = ".dlq"
    /// How long an event's id is remembered; should be longer than the topics keep records. nil: for ever.
    public var inboxRetention: Duration? = .seconds(30 * 86_400)
    /// How often the inbox is tidied, and answers whose refresh was missed are looked for.
    public var upkeepInterval = Duration.seconds(60)
    /// How often offsets are committed to Kafka, for those who watch the group's lag; the database's are what counts.
    public var commitInterval = Duration.seconds(1)
    /// How long what is in flight may take when the consumer stops or gives a partition up; then it is rolled back.
    public var drainTimeout = Duration.seconds(20)
    /// What the names of the metrics begin with.
    public var metricPrefix = "outbox_consume"

    /// Creates a configuration with the defaults.
    /// - Parameters:
    ///   - name: the consumer's name and Kafka group.
    ///   - bootstrapServers: `host:port,…`
    ///   - topics: what to read; a name that begins with `^` is a regular expression.
    public init(name: String, bootstrapServers: String, topics: [String]) {
        self.name = name
        self.bootstrapServers = bootstrapServers
        self.topics = topics
    }

    /// Creates a configuration that reads the topics of aggregate types.
    /// - Parameters:
    ///   - name: the consumer's name and Kafka group.
    ///   - bootstrapServers: `host:port,…`
    ///   - aggregateTypes: whose events to read.
    ///   - topicTemplate: the topics' names, as the dispatcher has them.
    public init(
        name: String, bootstrapServers: String, aggregateTypes: [String],
        topicTemplate: TopicTemplate = .default
    ) {
        self.init(
            name: name, bootstrapServers: bootstrapServers,
            topics: aggregateTypes.map(topicTemplate.uncheckedName))
    }
}
