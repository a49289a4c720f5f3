import FoundationEssentials
import Glibc
import LibRDKafka
import Outbox
import OutboxTelemetry

/// Sends one lane's batch through one producer and makes its outcome.
///
/// Events are sent in order. An event with a fault of its own is not sent, nor are its aggregate's later ones; all
/// others go on. When the producer itself stops, everything behind stays unsent.
struct LanePublication: ~Copyable {
    private let lane: ClaimedEvents.Lane
    private let events: ClaimedEvents
    private let slot: ProducerSlot
    private let publisher: Publisher
    private let headers: EventHeaders
    private let batch: KafkaProducerBatch

    private var outcome: LaneOutcome
    /// The records of the batch, in order.
    private var sent: [Record] = []
    /// Aggregates that failed in this batch.
    private var held: Set<Int> = []
    private var routes: [Route] = []
    private var typeCounts: [(eventType: [UInt8], count: Int)] = []

    /// A record of the batch: its row, `nil` for one that was refused at once, and its aggregate.
    private struct Record {
        let row: Int?
        let aggregate: Int
    }

    /// Where an aggregate type's events go.
    private struct Route {
        let aggregateType: [UInt8]
        let destination: Destination
    }

    private enum Destination {
        case topic(KafkaTopic, name: String, maximumMessageBytes: Int)
        case fault(String)
    }

    /// A record's share of a batch of its own beyond key, value and headers: the batch's frame (61 bytes) and the
    /// record's lengths and deltas, with room to spare.
    private static let overheadBytes = 128

    init(lane: ClaimedEvents.Lane, epoch: Int64, slot: ProducerSlot, publisher: Publisher, headers: EventHeaders) {
        self.lane = lane
        events = lane.events
        self.slot = slot
        self.publisher = publisher
        self.headers = headers
        batch = slot.producer.makeBatch(capacity: lane.rows.count)
        outcome = LaneOutcome(lane: lane.lane, epoch: epoch)
        sent.reserveCapacity(lane.rows.count)
    }

    /// Sends what can be sent and waits for every report.
    consuming func run() async -> LaneOutcome {
        rows: for row in lane.rows {
            let aggregate = aggregateHash(row)
            if !held.isEmpty, held.contains(aggregate) { continue }
            let destination: Destination
            do {
                destination = try await self.destination(for: row)
            } catch {
                outcome.isUnfinished = true
                break rows
            }
            guard case .topic(let topic, let name, var limit) = destination else {
                if case .fault(let reason) = destination { fail(row, aggregate, reason) }
                continue
            }
            if size(of: row) > limit, let raised = await limitNow(of: name), raised > limit { limit = raised }
            if !slot.fits((limit, limit)) {
                // The producer was made before this topic was known. The next claim finds one that fits.
                outcome.isUnfinished = true
                break rows
            }
            if let reason = fault(of: row, limit: limit) {
                fail(row, aggregate, reason)
                continue
            }
            switch await send(row, to: topic) {
            case .queued: sent.append(Record(row: row, aggregate: aggregate))
            case .refused(let error):
                // It took an index in the batch all the same.
                if batch.count > sent.count { sent.append(Record(row: nil, aggregate: aggregate)) }
                fail(row, aggregate, "Kafka's client refused it: \(error)")
            case .stopped:
                outcome.isUnfinished = true
                break rows
            }
        }
        return await finish()
    }

    // MARK: Sending

    private enum Sent {
        case queued
        case refused(KafkaError)
        case stopped
    }

    private func send(_ row: Int, to topic: KafkaTopic) async -> Sent {
        while !slot.isPurged {
            let result = batch.send(
                topic, key: events.aggregateID(row), value: events.payload(row),
                headers: headers.make(for: row, of: events))
            switch result {
            case .queued: return .queued
            case .queueFull:
                do {
                    try await slot.producer.waitForSpace()
                } catch {
                    return .stopped
                }
            case .rejected(let error):
                return Refusal.isRefusal(error.code) ? .refused(error) : .stopped
            }
        }
        return .stopped
    }

    private mutating func destination(for row: Int) async throws -> Destination {
        let aggregateType = events.aggregateType(row)
        for route in routes where route.aggregateType.elementsEqual(aggregateType) { return route.destination }
        let bytes = Array(aggregateType)
        let destination = try await makeDestination(String(decoding: bytes, as: UTF8.self))
        // Few types are usual; a batch of strange ones is not worth remembering.
        if routes.count < 32 { routes.append(Route(aggregateType: bytes, destination: destination)) }
        return destination
    }

    private func makeDestination(_ aggregateType: String) async throws -> Destination {
        switch publisher.configuration.topicTemplate.topic(for: aggregateType) {
        case .failure(let invalid): return .fault(invalid.reason)
        case .success(let name):
            switch try await publisher.state(of: name, isGivenUp: { slot.isPurged }) {
            case .unusable(let reason): return .fault(reason)
            case .ready(let limit):
                return .topic(try slot.producer.topic(name), name: name, maximumMessageBytes: limit)
            }
        }
    }

    // MARK: Faults

    private func fault(of row: Int, limit: Int) -> String? {
        let payload = events.payload(row)
        guard payload.first == UInt8(ascii: "{") else { return "its payload is not a JSON object" }
        let size = size(of: row)
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
        guard case .ready(let limit)? = try? await publisher.directory.state(of: topic, noOlderThan: .seconds(1)) else {
            return nil
        }
        return limit
    }

    private mutating func fail(_ row: Int, _ aggregate: Int, _ reason: String) {
        held.insert(aggregate)
        outcome.failures.append(
            EventFailure(
                sequence: events.sequence(row), eventID: uuidText(events.eventID(row)),
                eventType: String(decoding: events.eventType(row), as: UTF8.self),
                aggregateType: String(decoding: events.aggregateType(row), as: UTF8.self),
                aggregateID: String(decoding: events.aggregateID(row), as: UTF8.self),
                retryCount: events.retryCount(row), reason: reason))
    }

    private func aggregateHash(_ row: Int) -> Int {
        var hasher = Hasher()
        hasher.combine(bytes: events.aggregateID(row))
        hasher.combine(bytes: events.aggregateType(row))
        return hasher.finalize()
    }

    // MARK: Reports

    private consuming func finish() async -> LaneOutcome {
        let reports = await batch.reports()
        outcome.settled.reserveCapacity(sent.count)
        if reports.allAcknowledged {
            for record in sent { settle(record) }
            observeDelays(publisher.metrics)
        } else {
            for (index, record) in sent.enumerated() {
                guard let row = record.row else { continue }
                if reports.isAcknowledged(at: index) {
                    settle(record)
                    continue
                }
                outcome.isUnfinished = true
                if Refusal.isRefusal(reports.code(at: index)), let error = reports[index].error {
                    await refused(row, record.aggregate, error)
                }
            }
        }
        for (eventType, count) in typeCounts {
            outcome.countsByType[String(decoding: eventType, as: UTF8.self), default: 0] += count
        }
        if !outcome.settled.isEmpty { publisher.succeeded() }
        if slot.producer.fatalError != nil { await publisher.retire(slot, purge: true) }
        return outcome
    }

    private mutating func settle(_ record: Record) {
        guard let row = record.row else { return }
        outcome.settled.append(
            SettledEvent(sequence: events.sequence(row), aggregateHash: record.aggregate))
        let eventType = events.eventType(row)
        if let index = typeCounts.firstIndex(where: { $0.eventType.elementsEqual(eventType) }) {
            typeCounts[index].count += 1
        } else {
            typeCounts.append((Array(eventType), 1))
        }
    }

    private func observeDelays(_ metrics: DispatchMetrics) {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        let now = Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
        for case let row? in sent.lazy.map(\.row) {
            metrics.delaySeconds.observe(Double(max(0, now - events.createdAt(row))) / 1_000_000)
        }
    }

    /// The broker refused a record, alone or with the batch it was in.
    private mutating func refused(_ row: Int, _ aggregate: Int, _ error: KafkaError) async {
        if let destination = try? await destination(for: row), case .topic(_, let name, _) = destination {
            if Refusal.isTopicWide(error.code) {
                publisher.directory.markUnusable(
                    name, reason: "the broker refuses the topic \(name): \(error)", for: .seconds(5))
            } else {
                publisher.directory.forget(name)
            }
        }
        guard slot.kind == .cautious else {
            outcome.hasSuspects = true
            return
        }
        if held.insert(aggregate).inserted { fail(row, aggregate, "the broker refused it: \(error)") }
    }

    private func uuidText(_ bytes: UnsafeRawBufferPointer) -> String {
        guard bytes.count == MemoryLayout<uuid_t>.size else { return "" }
        return UUID(uuid: bytes.loadUnaligned(as: uuid_t.self)).uuidString.lowercased()
    }
}
