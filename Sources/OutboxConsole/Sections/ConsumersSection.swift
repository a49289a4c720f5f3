import FoundationEssentials

/// How far a consumer group is on one topic.
package struct ConsumerProgress: Sendable, Encodable {
    /// The group.
    package let group: String
    /// The topic.
    package let topic: String
    /// Records that the group has not committed yet.
    package let lag: Int64
    /// The sum of the offsets that it has committed.
    package let position: Int64

    /// Whether anybody reads for the group at present.
    package let hasMembers: Bool

    /// Makes one.
    package init(group: String, topic: String, lag: Int64, position: Int64, hasMembers: Bool = true) {
        self.group = group
        self.topic = topic
        self.lag = lag
        self.position = position
        self.hasMembers = hasMembers
    }
}

/// How far the consumers are.
struct ConsumersSection: Encodable {
    struct Row: Encodable {
        let group: String
        let topic: String
        let lag: Int64
        /// Records per second, lately.
        let rate: Double?
    }

    var rows: [Row] = []
    /// Why nothing is seen; `nil` when it is.
    var unseen: String?
}
