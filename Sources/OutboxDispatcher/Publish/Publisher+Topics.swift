import LibRDKafka
import Outbox
import OutboxTelemetry
import Synchronization

// Topics that take nothing at present.
extension Publisher {
    /// What may stay in flight for topics that answer nothing; beyond, the producer is emptied.
    private static let mostDetachedRows = 40_000
    private static let mostDetachedBytes = 64 << 20

    func nextPartID() -> Int { traffic.withLock { $0.makeID() } }

    func admit(_ aggregateType: String, lane: Int) -> TopicHolds.Admission {
        traffic.withLock { $0.holds.admit(aggregateType, lane: lane) }
    }

    func claimFilter(lanes: [Int]) -> ClaimFilter { traffic.withLock { $0.holds.filter(lanes: lanes, now: .now) } }

    func isTrying(lane: Int) -> Bool { traffic.withLock { $0.holds.isTrying(lane: lane) } }

    var heldTopics: [DispatcherTroubles.Topic] { traffic.withLock { $0.holds.topics } }

    /// What is known of the topic may be so no longer.
    func forget(_ topic: String) {
        directory.forget(topic)
        for slot in slots { slot.knownPartitions.forget(topic) }
    }

    func trialFailed(_ aggregateType: String) { traffic.withLock { $0.holds.trialFailed(aggregateType, now: .now) } }

    /// Puts an aggregate type on hold: its topic takes nothing, and no event is to blame.
    ///
    /// - Parameter firstSequence: an event that waits for it.
    /// - Returns: `false` when too many are on hold already.
    @discardableResult
    func hold(
        _ aggregateType: String, topic: String, reason: String, trouble: TopicHolds.Trouble, firstSequence: Int64?
    ) -> Bool {
        let isNew: Bool? = traffic.withLock { traffic in
            guard !traffic.holds.isFull else { return nil }
            let isNew = traffic.holds.begin(aggregateType, topic: topic, reason: reason, trouble: trouble, now: .now)
            if isNew { traffic.note(reason, at: firstSequence) }
            metrics.topicsOnHold.set(Double(traffic.holds.count))
            return isNew
        }
        guard let isNew else { return false }
        let level: Logger.Level = isNew ? .error : .debug
        logger.log(
            level: level, "a topic takes no events; they wait for it, and no others do",
            metadata: ["topic": "\(topic)", "reason": "\(reason)"])
        return true
    }

    func released(_ aggregateType: String, since began: ContinuousClock.Instant?) {
        guard let began else { return }
        metrics.topicsOnHold.set(Double(traffic.withLock { $0.holds.count }))
        logger.notice(
            "a topic takes events again",
            metadata: [
                "aggregate_type": "\(aggregateType)",
                "waited_seconds": "\((ContinuousClock.now - began).components.seconds)",
            ])
        wakeUp()
    }

    /// A part that its lane did not wait for is settled or given up.
    func lateSettled(_ outcome: LaneOutcome) {
        guard let type = outcome.lateType else { return }
        let began = traffic.withLock {
            $0.holds.returned(type, isAcknowledged: !outcome.isUnfinished, now: .now)
        }
        released(type, since: began)
    }

    /// Looks after topics: finds those that leave records unanswered, and asks whether those on hold are fit again.
    ///
    /// - Parameter ask: the cluster's word on a topic: what is wrong with it, `nil` when nothing is. Throws when no broker
    ///   answers.
    func lookAfterTopics(ask: (_ topic: String) async throws -> TopicInquiry.Trouble?) async {
        defer {
            // A lane that waits for a partition must learn when its topic is on hold.
            for slot in slots { slot.knownPartitions.wake() }
        }
        for (type, isTooLong) in traffic.withLock({ $0.silent(now: .now) }) {
            guard case .success(let topic) = configuration.topicTemplate.topic(for: type) else { continue }
            do {
                if let trouble = try await ask(topic) ?? (isTooLong ? silence(of: topic) : nil) {
                    await detach(type, topic: topic, trouble)
                }
            } catch {
                // All are silent: that is the cluster's outage, not the topic's.
                traffic.withLock { $0.watch.reset() }
                return
            }
        }
        for (type, topic) in traffic.withLock({ $0.holds.questions(now: .now) }) {
            let reason: String?
            do { reason = try await ask(topic)?.reason } catch { return }
            if reason == nil { forget(topic) }
            released(type, since: traffic.withLock { $0.holds.answered(type, unusable: reason, now: .now) })
            // It may be tried from now on.
            if reason == nil { wakeUp() }
        }
    }

    private func silence(of topic: String) -> TopicInquiry.Trouble {
        let answer = "the topic \(topic) acknowledges nothing, though brokers answer"
        return TopicInquiry.Trouble(
            reason: lastClientError.map { "\(answer): \($0)" } ?? answer, isLasting: false)
    }

    /// Lets lanes go on without what is in flight for a topic that leaves it unanswered.
    private func detach(_ aggregateType: String, topic: String, _ trouble: TopicInquiry.Trouble) async {
        let flights = traffic.withLock { Array($0.flights.values) }
        let awaited = flights.flatMap(\.awaited).filter { $0.aggregateType == aggregateType }
        guard !awaited.isEmpty,
            hold(
                aggregateType, topic: topic, reason: trouble.reason,
                trouble: trouble.isLasting ? .unusable : .unanswered,
                firstSequence: awaited.compactMap(\.firstSequence).min())
        else { return }
        forget(topic)
        // A topic made anew must not get the rest of what was meant for the old one.
        let isToPurge =
            trouble.isLasting
            || traffic.withLock {
                $0.detachedRows > Self.mostDetachedRows || $0.detachedBytes > Self.mostDetachedBytes
            }
        for flight in flights {
            guard let part = flight.awaited.first(where: { $0.aggregateType == aggregateType }) else { continue }
            if isToPurge {
                if !part.slot.isPurged { await retire(part.slot, purge: true) }
                continue
            }
            // It may come back the moment that it is detached, so it is counted before.
            traffic.withLock { $0.detach(part) }
            if !flight.detach(aggregateType) { traffic.withLock { $0.forget(part) } }
        }
    }
}
