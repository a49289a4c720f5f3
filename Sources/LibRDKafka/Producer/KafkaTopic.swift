/// A producer's handle on a topic; made once per topic by ``KafkaProducer/topic(_:)`` and used for many sends.
///
/// It belongs to the producer that made it and is of no use to another one.
public final class KafkaTopic: @unchecked Sendable {
    // Safe to share: nothing changes, and the handle is only used inside the owner's gate, which closes before
    // the handle is destroyed.

    /// The topic's name.
    public let name: String
    let handle: OpaquePointer
    let owner: ObjectIdentifier

    init(name: String, handle: OpaquePointer, owner: Client) {
        self.name = name
        self.handle = handle
        self.owner = ObjectIdentifier(owner)
    }
}
