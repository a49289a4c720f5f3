/// What order is kept for.
struct AggregateKey: Hashable, Sendable {
    var type: String
    var id: String

    init(type: String, id: String) {
        self.type = type
        self.id = id
    }

    init(_ event: ReceivedEvent) { self.init(type: event.aggregateType, id: event.aggregateID) }
}
