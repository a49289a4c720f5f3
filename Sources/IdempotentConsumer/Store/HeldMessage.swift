import FoundationEssentials

/// A record that waits for its aggregate's hold to end.
struct HeldMessage: Sendable {
    /// Its place in line.
    var place: Int64
    var eventID: UUID
    var message: StoredMessage
}
