import FoundationEssentials
import Outbox
import OutboxTelemetry

/// Aggregates on hold, that held by the newest event first.
struct HeldSection: Encodable, Equatable {
    struct Row: Encodable, Equatable {
        let sequence: Int64
        let eventID: UUID
        let eventType: String
        let aggregateType: String
        let aggregateID: String
        /// When the event that holds it was written.
        let since: Date
        /// When it is tried again; `nil` when it is parked.
        let until: Date?
        let parked: Bool
        let attempts: Int
        let reason: String?
        /// Events behind it; `nil` when they have not been counted yet.
        let waiting: Int64?

        /// Whether the topic's limit is what it failed at.
        var isTooLarge: Bool {
            guard let reason = reason?.lowercased() else { return false }
            return reason.contains("max.message.bytes") || reason.contains("message size too large")
        }
    }

    /// A page of them.
    let rows: [Row]
    /// Whether there may be more behind the last one.
    let more: Bool

    static let pageSize = 100

    /// - Parameter waiting: counts by sequence; `nil` when nothing has been counted.
    init(_ entries: [Holds.Entry], waiting: [Int64: Int64]?, counted: Set<Int64>) {
        rows = entries.map { entry in
            Row(
                sequence: entry.sequence, eventID: entry.eventID, eventType: entry.eventType,
                aggregateType: entry.aggregateType, aggregateID: entry.aggregateID, since: entry.since,
                until: entry.until, parked: entry.until == nil, attempts: entry.attempts,
                reason: entry.reason.map(LogRedaction.redacted),
                waiting: counted.contains(entry.sequence) ? waiting?[entry.sequence] ?? 0 : nil)
        }
        more = entries.count == Self.pageSize
    }
}
