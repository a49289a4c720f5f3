public import Outbox

/// How a ``Dispatcher`` works. The defaults suit production.
public struct DispatcherConfiguration: Sendable {
    /// What happens to events once they are settled.
    public enum Retention: Sendable, Hashable {
        /// The row is deleted when it is settled: the fast path.
        case none
        /// The row is kept, marked as published, and deleted after this time.
        case keep(Duration)
    }

    /// Names this instance as an owner of lanes; unique among all that run.
    public var instance: String
    /// The broker addresses, `host:port`, separated by commas.
    public var bootstrapServers: String
    /// Properties of librdkafka by name; they win over what the dispatcher sets, but for those its guarantees rest on.
    public var kafkaProperties: [String: String] = [:]
    /// The longest time between two claims when idle.
    public var interval: Duration = .seconds(5)
    /// The most events of one lane in one claim.
    public var batchSize = 500
    /// How often an event may fail before it is parked.
    public var maximumRetries = 10
    /// The wait after an event's first failure; it doubles with each, five times at most, up to 5 minutes.
    public var backoffBase: Duration = .seconds(5)
    /// What metrics' names begin with.
    public var metricPrefix = "outbox_dispatch"
    /// How many lanes there are: a power of two, for which `outbox migrate` has made the index.
    public var lanes = 64
    /// How long a lease on lanes lasts without being renewed.
    public var lease: Duration = .seconds(30)
    /// What happens to events once they are settled.
    public var retention: Retention = .keep(.seconds(7 * 24 * 3600))
    /// Which topic an aggregate type's events go to.
    public var topicTemplate = TopicTemplate.default
    /// Under which names an event's facts travel as Kafka headers.
    public var headerStyle = HeaderStyle.native
    /// `ce_source` in the CloudEvents style.
    public var cloudEventsSource = "/outbox"
    /// How long a drain may take before what is in flight is given up (it is published again later).
    public var drainTimeout: Duration = .seconds(25)

    /// Creates a configuration with the defaults.
    /// - Parameters:
    ///   - instance: names this instance among all that run.
    ///   - bootstrapServers: the broker addresses, `host:port`, separated by commas.
    public init(instance: String, bootstrapServers: String) {
        self.instance = instance
        self.bootstrapServers = bootstrapServers
    }

    /// The shortest lease that leaves time to renew it, to notice its loss and to give up what is in flight.
    public static let shortestLease: Duration = .seconds(3)
}
