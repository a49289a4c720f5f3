import FoundationEssentials
import Glibc
import LibRDKafka
import OutboxTelemetry

/// The records of one lane's batch that go to one topic, from the last one sent to their reports.
struct TopicPart: Sendable {
    /// What has to be known of a record when it is acknowledged: its row is out of the processor's reach by then.
    struct Record: Sendable {
        /// `nil` for one that was refused at once.
        let row: Int?
        let aggregate: Int
        let sequence: Int64
        /// Microseconds since 1970.
        let createdAt: Int64
        /// Among the part's ``TopicPart/eventTypes``.
        let eventType: Int

        static func refused(aggregate: Int) -> Record {
            Record(row: nil, aggregate: aggregate, sequence: 0, createdAt: 0, eventType: 0)
        }
    }

    let id: Int
    let lane: Int
    let epoch: Int64
    let aggregateType: String
    let topic: String
    let events: ClaimedEvents
    /// In the order of their sending.
    let records: [Record]
    let eventTypes: [[UInt8]]
    /// Of the payloads.
    let bytes: Int
    /// Of a topic on hold: what becomes of them decides whether the hold goes on.
    let isTrial: Bool
    /// The partitions that were opened by it, of a topic where not all know the producer; `nil` where all do.
    let opened: Set<Int32>?
    let pending: KafkaPendingReports
    let slot: ProducerSlot

    /// Waits for every report.
    func outcome(_ publisher: Publisher) async -> LaneOutcome {
        let reports = await pending.all()
        var outcome = LaneOutcome(lane: lane, epoch: epoch)
        var typeCounts = Array(repeating: 0, count: eventTypes.count)
        outcome.settled.reserveCapacity(records.count)
        if let opened { learn(reports, opened) }
        if reports.allAcknowledged {
            for record in records { settle(record, &outcome, &typeCounts) }
            observeDelays(publisher.metrics)
        } else {
            var held: Set<Int> = []
            var left: Set<Int> = []
            var topicWide: KafkaError?
            for (index, record) in records.enumerated() {
                guard let row = record.row else { continue }
                if reports.isAcknowledged(at: index) {
                    settle(record, &outcome, &typeCounts)
                    if left.contains(record.aggregate) { overtook(row, publisher) }
                    continue
                }
                outcome.isUnfinished = true
                left.insert(record.aggregate)
                guard Refusal.isRefusal(reports.code(at: index)), let error = reports[index].error else { continue }
                if Refusal.isTopicWide(error.code) {
                    topicWide = topicWide ?? error
                } else if slot.kind == .regular {
                    // Its batch was refused, and it isn't sure yet for whose sake.
                    publisher.forget(topic)
                    outcome.hasSuspects = true
                } else if held.insert(record.aggregate).inserted {
                    publisher.forget(topic)
                    outcome.failures.append(events.failure(row, "the broker refused it: \(error)"))
                }
            }
            if let topicWide { hold(topicWide, publisher) }
        }
        for (eventType, count) in zip(eventTypes, typeCounts) where count > 0 {
            outcome.countsByType[String(decoding: eventType, as: UTF8.self), default: 0] += count
        }
        if !outcome.settled.isEmpty {
            publisher.acknowledged(aggregateType)
        } else if isTrial {
            publisher.trialFailed(aggregateType)
        }
        if slot.producer.fatalError != nil { await publisher.retire(slot, purge: true) }
        if outcome.hasSuspects || !outcome.failures.isEmpty { publisher.learnedFromDeath(slot.kind) }
        return outcome
    }

    /// Remembers the partitions that know the producer from now on.
    private func learn(_ reports: KafkaBatchReports, _ opened: Set<Int32>) {
        var partitions: Set<Int32> = []
        for index in 0..<reports.count where reports.isAcknowledged(at: index) {
            partitions.insert(reports[index].partition)
        }
        slot.knownPartitions.finished(topic, opened: opened, acknowledged: partitions, now: .now)
    }

    /// The broker took an event and not the one before it. Nothing is known that leads to it.
    private func overtook(_ row: Int, _ publisher: Publisher) {
        let event = events.failure(row, "")
        publisher.metrics.orderViolation.increment()
        publisher.logger.error(
            "the broker took an event before an earlier one of its aggregate",
            metadata: [
                "event_id": "\(event.eventID)", "aggregate_type": "\(event.aggregateType)",
                "aggregate_id": "\(event.aggregateID)", "topic": "\(topic)", "sequence": "\(event.sequence)",
            ])
    }

    /// The first of its events, by sequence.
    var firstSequence: Int64? {
        records.first { $0.row != nil }?.sequence
    }

    private func hold(_ error: KafkaError, _ publisher: Publisher) {
        publisher.forget(topic)
        publisher.hold(
            aggregateType, topic: topic, reason: "the broker refuses the topic \(topic): \(error)",
            trouble: .unanswered, firstSequence: firstSequence)
    }

    private func settle(_ record: Record, _ outcome: inout LaneOutcome, _ typeCounts: inout [Int]) {
        guard record.row != nil else { return }
        outcome.settled.append(SettledEvent(sequence: record.sequence, aggregateHash: record.aggregate))
        typeCounts[record.eventType] += 1
    }

    private func observeDelays(_ metrics: DispatchMetrics) {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        let now = Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
        for record in records where record.row != nil {
            metrics.delaySeconds.observe(Double(max(0, now - record.createdAt)) / 1_000_000)
        }
    }
}

extension ClaimedEvents {
    func failure(_ row: Int, _ reason: String) -> EventFailure {
        EventFailure(
            sequence: sequence(row), eventID: uuidText(eventID(row)),
            eventType: String(decoding: eventType(row), as: UTF8.self),
            aggregateType: String(decoding: aggregateType(row), as: UTF8.self),
            aggregateID: String(decoding: aggregateID(row), as: UTF8.self),
            retryCount: retryCount(row), reason: reason)
    }

    private func uuidText(_ bytes: UnsafeRawBufferPointer) -> String {
        guard bytes.count == MemoryLayout<uuid_t>.size else { return "" }
        return UUID(uuid: bytes.loadUnaligned(as: uuid_t.self)).uuidString.lowercased()
    }
}
