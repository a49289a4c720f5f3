import Glibc
import LibRDKafka
import Outbox

/// Sends one lane's batch through one producer.
///
/// Events are sent in order. An event with a fault of its own is not sent, nor are its aggregate's later ones, nor
/// events whose topic takes nothing at present; all others go on. When the producer itself stops, everything behind
/// stays unsent.
struct LanePublication: ~Copyable {
    private let lane: ClaimedEvents.Lane
    private let epoch: Int64
    private let events: ClaimedEvents
    private let slot: ProducerSlot
    private let publisher: Publisher
    private let headers: EventHeaders

    private var outcome: LaneOutcome
    /// Aggregates that failed in this batch.
    private var failed: Set<Int> = []
    private var routes: [Route] = []
    /// Among the slot's known partitions, when the batch began.
    private let changesSeen: Int
    /// Records wait for a partition that is being opened.
    private var isHeldUp = false
    /// What is sent is a beginning of the batch, without gaps.
    private var isContiguous = false

    /// Where an aggregate type's events go.
    private struct Route {
        let aggregateType: [UInt8]
        var destination: Destination
    }

    private enum Destination {
        case topic(Departure)
        case fault(String)
        case held
    }

    /// The records on their way to one topic.
    private final class Departure {
        let topic: KafkaTopic
        var maximumMessageBytes: Int
        let isTrial: Bool
        let batch: KafkaProducerBatch
        var records: [TopicPart.Record] = []
        var eventTypes: [[UInt8]] = []
        var bytes = 0
        /// `nil` when all partitions know the producer.
        var opening: Opening?

        init(
            topic: KafkaTopic, maximumMessageBytes: Int, opening: Opening?, isTrial: Bool, batch: KafkaProducerBatch
        ) {
            self.topic = topic
            self.opening = opening
            self.maximumMessageBytes = maximumMessageBytes
            self.isTrial = isTrial
            self.batch = batch
        }

        /// The place of an event type among those of its records.
        func index(ofType eventType: UnsafeRawBufferPointer) -> Int {
            if let index = eventTypes.firstIndex(where: { $0.isSame(as: eventType) }) { return index }
            eventTypes.append(Array(eventType))
            return eventTypes.count - 1
        }
    }

    /// A record's share of a batch of its own beyond key, value and headers: the batch's frame (61 bytes) and the
    /// record's lengths and deltas, with room to spare.
    private static let overheadBytes = 128

    init(lane: ClaimedEvents.Lane, epoch: Int64, slot: ProducerSlot, publisher: Publisher, headers: EventHeaders) {
        self.lane = lane
        self.epoch = epoch
        events = lane.events
        self.slot = slot
        self.publisher = publisher
        self.headers = headers
        outcome = LaneOutcome(lane: lane.lane, epoch: epoch)
        changesSeen = slot.knownPartitions.changes
    }

    /// Sends what can be sent.
    consuming func send() async -> LaneFlight {
        rows: for row in lane.rows {
            let aggregate = aggregateHash(row)
            if !failed.isEmpty, failed.contains(aggregate) { continue }
            let destination: Destination
            do {
                destination =
                    if let known = knownDestination(for: row) { known } else { try await newDestination(for: row) }
            } catch {
                outcome.isUnfinished = true
                break rows
            }
            switch destination {
            case .held: continue
            case .fault(let reason): fail(row, aggregate, reason)
            case .topic(let departure):
                guard departure.opening?.admit(events.aggregateID(row)) ?? true else {
                    outcome.isUnfinished = true
                    isHeldUp = true
                    if isContiguous { break rows }
                    continue
                }
                let sent = departure.records.count
                let goesOn = await send(row, aggregate, by: departure)
                departure.opening?.done(isSent: departure.records.count > sent)
                guard goesOn else {
                    outcome.isUnfinished = true
                    break rows
                }
            }
        }
        return depart()
    }

    /// Sends a beginning of the batch, as much as can be sent, and waits for every report.
    consuming func run() async -> LaneOutcome {
        let publisher = publisher
        isContiguous = true
        let flight = await send()
        for (index, part) in flight.parts.enumerated() { _ = flight.returned(index, await part.outcome(publisher)) }
        return await flight.outcome()
    }

    private func depart() -> LaneFlight {
        var parts: [TopicPart] = []
        for route in routes {
            guard case .topic(let departure) = route.destination else { continue }
            let aggregateType = String(decoding: route.aggregateType, as: UTF8.self)
            if departure.records.isEmpty {
                if departure.isTrial { publisher.trialFailed(aggregateType) }
                continue
            }
            parts.append(
                TopicPart(
                    id: publisher.nextPartID(), lane: lane.lane, epoch: epoch, aggregateType: aggregateType,
                    topic: departure.topic.name, events: events, records: departure.records,
                    eventTypes: departure.eventTypes, bytes: departure.bytes,
                    isTrial: departure.isTrial, opened: departure.opening?.opened,
                    pending: departure.batch.pendingReports(), slot: slot))
        }
        // Only then: whoever opens a partition is sure to finish, but nobody tells of a producer that is gone.
        let isWaiting = isHeldUp && parts.isEmpty && outcome.failures.isEmpty
        return LaneFlight(outcome, parts: parts, waitsAfter: isWaiting ? changesSeen : nil)
    }

    // MARK: Sending

    /// - Returns: `false` when the producer takes no more, now or ever.
    private mutating func send(_ row: Int, _ aggregate: Int, by departure: Departure) async -> Bool {
        let size = size(of: row)
        if size > departure.maximumMessageBytes, let raised = await limitNow(of: departure.topic.name) {
            departure.maximumMessageBytes = max(departure.maximumMessageBytes, raised)
        }
        let limit = departure.maximumMessageBytes
        // The producer was made before this topic was known. The next claim finds one that fits.
        guard slot.fits((limit, limit)) else { return false }
        if let reason = fault(of: row, size: size, limit: limit) {
            fail(row, aggregate, reason)
            return true
        }
        while !slot.isPurged, !publisher.leaseDeadline.hasPassed {
            let result = departure.batch.send(
                departure.topic, key: events.aggregateID(row), value: events.payload(row),
                headers: headers.make(for: row, of: events))
            switch result {
            case .queued:
                departure.records.append(
                    TopicPart.Record(
                        row: row, aggregate: aggregate, sequence: events.sequence(row),
                        createdAt: events.createdAt(row), eventType: departure.index(ofType: events.eventType(row))))
                departure.bytes += events.payload(row).count
                return true
            case .queueFull:
                do {
                    try await slot.producer.waitForSpace()
                } catch {
                    return false
                }
            case .rejected(let error):
                // It took an index in the batch all the same.
                if departure.batch.count > departure.records.count {
                    departure.records.append(.refused(aggregate: aggregate))
                }
                return await refused(row, aggregate, error, topic: departure.topic.name)
            }
        }
        return false
    }

    /// Kafka's client itself refused the record.
    private mutating func refused(
        _ row: Int, _ aggregate: Int, _ error: KafkaError, topic: String
    ) async -> Bool {
        guard Refusal.isRefusal(error.code) else { return false }
        guard Refusal.isTopicWide(error.code) else {
            fail(row, aggregate, "Kafka's client refused it: \(error)")
            return true
        }
        publisher.forget(topic)
        hold(row, topic: topic, reason: "Kafka's client can't send to the topic \(topic): \(error)", .unanswered)
        // What this producer knows of the topic is no longer so.
        await publisher.retire(slot, purge: false)
        return false
    }

    private func knownDestination(for row: Int) -> Destination? {
        let aggregateType = events.aggregateType(row)
        return routes.first { $0.aggregateType.isSame(as: aggregateType) }?.destination
    }

    private mutating func newDestination(for row: Int) async throws -> Destination {
        let bytes = Array(events.aggregateType(row))
        let destination = try await makeDestination(row, String(decoding: bytes, as: UTF8.self))
        routes.append(Route(aggregateType: bytes, destination: destination))
        return destination
    }

    private func makeDestination(_ row: Int, _ aggregateType: String) async throws -> Destination {
        let name: String
        switch publisher.configuration.topicTemplate.topic(for: aggregateType) {
        case .failure(let invalid): return .fault(invalid.reason)
        case .success(let valid): name = valid
        }
        let admission = publisher.admit(aggregateType, lane: lane.lane)
        guard admission != .held else { return .held }
        let state: TopicDirectory.State
        do {
            state = try await publisher.state(of: name, isGivenUp: { slot.isPurged })
        } catch {
            if admission == .trial { publisher.trialFailed(aggregateType) }
            throw error
        }
        switch state {
        case .unusable(let reason):
            return hold(row, topic: name, reason: reason, .unusable) ? .held : .fault(reason)
        case .ready(let limit, let partitions):
            let opening = Opening(topic: name, partitions: partitions, slot: slot)
            return .topic(
                Departure(
                    topic: try slot.producer.topic(name), maximumMessageBytes: limit, opening: opening,
                    isTrial: admission == .trial,
                    batch: slot.producer.makeBatch(capacity: lane.rows.upperBound - row)))
        }
    }

    /// - Returns: whether the topic's events wait together; not when too many topics have trouble.
    @discardableResult
    private func hold(_ row: Int, topic: String, reason: String, _ trouble: TopicHolds.Trouble) -> Bool {
        publisher.hold(
            String(decoding: events.aggregateType(row), as: UTF8.self), topic: topic, reason: reason, trouble: trouble,
            firstSequence: events.sequence(row))
    }

    // MARK: Faults

    private func fault(of row: Int, size: Int, limit: Int) -> String? {
        let payload = events.payload(row)
        guard payload.first == UInt8(ascii: "{") else { return "its payload is not a JSON object" }
        guard size <= limit else {
            return "with \(size) bytes it is over the topic's max.message.bytes of \(limit); raise the topic's limit "
                + "or make the event smaller"
        }
        return nil
    }

    /// The record's size, without counting every header: who is near the limit is left to the client's and the
    /// broker's own checks.
    private func size(of row: Int) -> Int {
        events.payload(row).count + 2 * events.aggregateID(row).count + events.headers(row).count
            + events.eventType(row).count + events.aggregateType(row).count + Self.overheadBytes
    }

    /// The topic's limit as it is now: an operator may have raised it to let this very event through.
    private func limitNow(of topic: String) async -> Int? {
        guard case .ready(let limit, _)? = try? await publisher.directory.state(of: topic, noOlderThan: .seconds(1))
        else {
            return nil
        }
        return limit
    }

    private mutating func fail(_ row: Int, _ aggregate: Int, _ reason: String) {
        failed.insert(aggregate)
        outcome.failures.append(events.failure(row, reason))
    }

    private func aggregateHash(_ row: Int) -> Int {
        var hasher = Hasher()
        hasher.combine(bytes: events.aggregateID(row))
        hasher.combine(bytes: events.aggregateType(row))
        return hasher.finalize()
    }
}

extension [UInt8] {
    fileprivate func isSame(as other: UnsafeRawBufferPointer) -> Bool {
        guard count == other.count, let address = other.baseAddress else { return count == other.count }
        return withUnsafeBytes { $0.baseAddress.map { memcmp($0, address, other.count) == 0 } ?? true }
    }
}
