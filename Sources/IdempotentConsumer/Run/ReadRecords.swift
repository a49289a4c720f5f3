/// A batch's records, read.
struct ReadRecords<Record: ReadableRecord> {
    private(set) var events: [ReceivedEvent] = []
    private(set) var malformed: [(record: Record, malformation: Malformation)] = []
    /// How many there were of each type that nobody asks for.
    private(set) var unknown: [String: Int] = [:]

    init(_ entries: [PartitionStateMachine<Record>.Entry], reader: inout EventReader) {
        events.reserveCapacity(entries.count)
        for entry in entries {
            switch reader.read(entry.record) {
            case .event(let event): events.append(event)
            case .malformed(let malformation): malformed.append((entry.record, malformation))
            case .unknown(let type): unknown[type, default: 0] += 1
            }
        }
    }
}
