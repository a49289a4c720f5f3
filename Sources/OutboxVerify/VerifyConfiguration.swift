package import FoundationEssentials
package import Outbox

/// What is to be verified, and how.
package struct VerifyConfiguration: Sendable {
    /// `host:port,…`
    package var bootstrapServers: String
    /// Any librdkafka property.
    package var kafkaProperties: [String: String] = [:]
    package var topicTemplate = TopicTemplate.default
    /// The aggregate types; nil for those that the outbox or a topic's name shows.
    package var aggregateTypes: Set<String>?
    /// Events made at or after this time; nil for all there are.
    package var since: Date?
    /// Events made before this time.
    package var until: Date?
    /// The consumer whose inbox is compared, if one is.
    package var consumer: String?
    /// What the dispatchers are told to do with settled rows.
    package var retention = Judgement.Retention.keep(7 * 86_400_000)
    /// How long the consumer remembers what it has applied.
    package var inboxRetention = Duration.seconds(30 * 86_400)
    /// How far the clocks of the databases and of the dispatchers may differ.
    package var clockSkew = Duration.seconds(60)
    /// How long an event may be on the topic before it is settled.
    package var grace = Duration.seconds(120)
    /// How much memory the compared events may take, in bytes; what does not fit is compared in several passes.
    package var memory = 136 << 20
    /// The most findings of a kind that are kept.
    package var limit = 20
    /// Whether duplicates on the topic are violations.
    package var isStrict = false

    package init(bootstrapServers: String) {
        self.bootstrapServers = bootstrapServers
    }

    /// Records are read from so long before the span on: whatever belongs to it is then among them.
    static let margin: Int64 = 600_000

    /// ``since`` in milliseconds since 1970.
    var sinceMilliseconds: Int64? { since.map { Int64(($0.timeIntervalSince1970 * 1000).rounded(.down)) } }
    /// ``until`` in milliseconds since 1970.
    var untilMilliseconds: Int64? { until.map { Int64(($0.timeIntervalSince1970 * 1000).rounded(.down)) } }
}
