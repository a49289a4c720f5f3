public import FoundationEssentials

/// What a replay would publish, as the outbox's rows were when it was planned.
public struct ReplayPlan: Sendable, Hashable, Codable {
    /// The events of one type.
    public struct Line: Sendable, Hashable, Codable {
        /// The kind of aggregate, which names the topic.
        public let aggregateType: String
        /// `<aggregate>.<action>`
        public let eventType: String
        /// Where they go; `nil` when their aggregate type makes no topic name that Kafka allows.
        public let topic: String?
        /// How many there are.
        public let events: Int64
        /// Their payloads' size as the database stores them.
        public let bytes: Int64
        /// The sequence of the first of them.
        public let firstSequence: Int64
        /// The sequence of the last of them.
        public let lastSequence: Int64
        /// When the first of them was settled.
        public let firstPublishedAt: Date
        /// When the last of them was settled.
        public let lastPublishedAt: Date
    }

    /// Which events are meant.
    public let selection: ReplaySelection
    /// When it was planned, by the database's clock; what is published later is not part of it.
    public let plannedAt: Date
    /// The events by type.
    public let lines: [Line]
    /// Events that are selected but not published yet: they are left to the dispatcher.
    public let unpublished: Int64

    /// How many events will be published again.
    public var events: Int64 { lines.reduce(0) { $0 + $1.events } }
    /// Their payloads' size as the database stores them.
    public var bytes: Int64 { lines.reduce(0) { $0 + $1.bytes } }
}
