/// What a kind of fault cost, seen from outside. Times are in seconds.
struct FaultFigures: Sendable, Hashable, Codable {
    let kind: FaultKind
    var count = 0
    /// Records on the topic beyond the first of their event that came after such a fault and before the next one.
    var duplicates = 0
    /// The longest time in which nothing came to the topic, from a fault until the next one.
    var topicStall = 0.0
    /// The longest time from a fault's end until something came to the topic.
    var topicAfterHealing = 0.0
    /// The same for the read model.
    var readModelStall = 0.0
    var readModelAfterHealing = 0.0
    /// The longest that an event, committed after such a fault and before the next one, waited to be on the topic.
    var longestWait = 0.0
    /// The fastest that a backlog of at least 200 events shrank, in events per second that came to the topic.
    var recoveredPerSecond = 0.0

    /// Counts are added, of times the longest stays.
    mutating func add(_ other: FaultFigures) {
        count += other.count
        duplicates += other.duplicates
        topicStall = max(topicStall, other.topicStall)
        topicAfterHealing = max(topicAfterHealing, other.topicAfterHealing)
        readModelStall = max(readModelStall, other.readModelStall)
        readModelAfterHealing = max(readModelAfterHealing, other.readModelAfterHealing)
        longestWait = max(longestWait, other.longestWait)
        recoveredPerSecond = max(recoveredPerSecond, other.recoveredPerSecond)
    }
}
