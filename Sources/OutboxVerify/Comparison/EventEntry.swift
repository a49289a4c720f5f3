import FoundationEssentials

/// What is known of one event, in 64 bytes: a verification holds millions of them.
struct EventEntry {
    struct Flags: OptionSet {
        let rawValue: UInt16

        /// There is a row.
        static let inOutbox = Flags(rawValue: 1)
        /// The row is settled.
        static let settled = Flags(rawValue: 2)
        /// Its writer scheduled it for later, so later events of its aggregate need not wait for it.
        static let scheduled = Flags(rawValue: 4)
        /// The row was made within the span that is verified.
        static let inSpan = Flags(rawValue: 8)
        /// An operator gave it up.
        static let discarded = Flags(rawValue: 16)
        /// On the topic it stands behind a later event of its aggregate.
        static let outOfOrder = Flags(rawValue: 32)
        /// Its record is not what its row says.
        static let wrong = Flags(rawValue: 64)
        /// It is in the inbox.
        static let applied = Flags(rawValue: 128)
        /// The consumer keeps it until its aggregate's hold ends, or has written it to the dead-letter topic.
        static let setAside = Flags(rawValue: 256)
    }

    let id: UUID
    /// 0 where neither row nor record says.
    var sequence: Int64 = 0
    /// A hash of topic and key.
    var aggregate: UInt64 = 0
    /// A hash of event type and payload, as the row has them.
    var digest: UInt64 = 0
    /// Of the first record.
    var offset: Int64 = -1
    /// Milliseconds since 1970: the first record's; before there is one, when the row was made.
    var timestamp: Int64 = 0
    /// The first record's partition, by its place in the list of partitions; while there is none, the complement of
    /// the topic's place in the list of topics.
    var place: Int32 = -1
    /// By its place in the list of event types.
    var eventType: UInt16 = 0
    var flags: Flags = []

    init(id: UUID) { self.id = id }

    var isOnTopic: Bool { place >= 0 }
}
