public import FoundationEssentials

/// How far a replay came.
public struct ReplayResult: Sendable, Hashable, Codable {
    /// How it ended.
    public enum End: String, Sendable, Hashable, Codable {
        /// All events of the plan were sent and acknowledged.
        case complete
        /// It was told to stop.
        case stopped
        /// Something is in the way: see ``ReplayResult/problem``.
        case failed
    }

    /// What the events carry in the header `replay_id`.
    public let replayID: UUID
    /// How many events were planned.
    public let planned: Int64
    /// How many were acknowledged, up to ``lastSequence``. A few behind that may have been sent as well.
    public internal(set) var sent: Int64 = 0
    /// All events of the plan up to this sequence were acknowledged: ``ReplaySelection/after`` for going on.
    public internal(set) var lastSequence: Int64
    /// How it ended.
    public internal(set) var end: End = .stopped
    /// What was in the way.
    public internal(set) var problem: String?
}
