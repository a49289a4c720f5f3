import Synchronization

/// Reads records that waited in the database as events.
final class HeldReader: Sendable {
    private let reader: Mutex<EventReader>

    init(eventTypes: Set<String>) { reader = Mutex(EventReader(eventTypes: eventTypes)) }

    /// - Returns: nil where it is of a type that nobody asks for any more.
    func read(_ message: StoredMessage) -> ReceivedEvent? {
        if case .event(let event) = reader.withLock({ $0.read(message) }) { event } else { nil }
    }
}
