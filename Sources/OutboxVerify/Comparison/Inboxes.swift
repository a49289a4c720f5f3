/// Judges what became of events in the consumer's hands.
struct Inboxes {
    enum Fate: Hashable {
        case applied, setAside, lagging, beforeInbox, unasked, notApplied, notJudged
    }

    private let judgement: Judgement
    /// For each partition the offset of the first event that was applied: what stands before it is from before the
    /// consumer's beginning, or forgotten by retention.
    private var firstApplied: [Int64]
    /// The event types of which the consumer applied any: of the others, no projection wants any.
    private var appliedTypes: Set<UInt16> = []

    init(_ comparison: borrowing Comparison, _ judgement: Judgement) {
        self.judgement = judgement
        firstApplied = (judgement.consumer?.nextOffsets ?? []).map { _ in Int64.max }
        guard judgement.consumer != nil else { return }
        for position in 0..<comparison.events.count {
            let event = comparison.events[position]
            guard event.isOnTopic, event.flags.contains(.applied) || event.flags.contains(.setAside) else { continue }
            appliedTypes.insert(event.eventType)
            let partition = Int(event.place)
            if firstApplied.indices.contains(partition), event.offset < firstApplied[partition] {
                firstApplied[partition] = event.offset
            }
        }
    }

    func fate(of event: EventEntry) -> Fate {
        guard let consumer = judgement.consumer, event.isOnTopic else { return .notJudged }
        if event.flags.contains(.applied) { return .applied }
        if event.flags.contains(.setAside) { return .setAside }
        let partition = Int(event.place)
        let isInSpan =
            event.flags.contains(.inOutbox) ? event.flags.contains(.inSpan) : judgement.isInSpan(event.timestamp)
        guard isInSpan, consumer.nextOffsets.indices.contains(partition) else { return .notJudged }
        guard let next = consumer.nextOffsets[partition], event.offset < next else { return .lagging }
        guard appliedTypes.contains(event.eventType) else { return .unasked }
        if event.timestamp < consumer.inboxHorizon || event.offset < firstApplied[partition] { return .beforeInbox }
        return .notApplied
    }
}
