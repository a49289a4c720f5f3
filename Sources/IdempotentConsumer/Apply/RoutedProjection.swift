/// A projection and what it asks for, read once.
struct RoutedProjection: Sendable {
    let projection: any Projection
    let name: String
    let eventTypes: Set<String>

    init(_ projection: any Projection) {
        self.projection = projection
        name = projection.name
        eventTypes = projection.eventTypes
    }

    /// The events that it asks for, in their order.
    func selected(from events: [ReceivedEvent]) -> [ReceivedEvent] {
        // Most batches are of types that it asks for all: no copy then.
        guard let other = events.firstIndex(where: { !eventTypes.contains($0.eventType) }) else { return events }
        return events[..<other] + events[other...].filter { eventTypes.contains($0.eventType) }
    }
}
