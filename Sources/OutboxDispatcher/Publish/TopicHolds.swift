/// The aggregate types whose topic takes nothing at present. Their events wait, uncounted, and are left out of claims, so
/// that nobody else waits with them.
///
/// A hold ends when the cluster says that the topic is fit and, where that said nothing about the trouble, when a trial
/// with one lane's events went through. Records that were in flight when the hold began stay there: what becomes of
/// them is the first trial.
///
/// Decides only; whoever asks and sends is the ``Publisher``. In Integration/Model/OutboxDispatcher.tla its steps are
/// `Detach` and `TopicHoldEnds`.
struct TopicHolds {
    /// Whether an aggregate type's events may be sent.
    enum Admission: Equatable {
        case open
        case trial
        case held
    }

    enum Trouble: Equatable {
        /// The cluster itself says that the topic can't be used: when it says otherwise, the hold is over.
        case unusable
        /// The cluster sees nothing wrong, but refuses records or leaves them unanswered: only a trial can tell.
        case unanswered
    }

    private enum Phase: Equatable {
        /// Until the next question to the cluster.
        case waiting
        /// A lane's events are to be tried; another lane's when that one had none.
        case trying(lane: Int?, since: ContinuousClock.Instant)
        /// A trial is on its way.
        case testing
    }

    private struct Hold {
        let topic: String
        var reason: String
        var trouble: Trouble
        var phase = Phase.waiting
        var attempts = 0
        var nextQuestion: ContinuousClock.Instant
        let began: ContinuousClock.Instant
        /// Batches that were in flight when the hold began and are not settled yet.
        var inFlight = 0
    }

    static let longestPause: Duration = .seconds(10)
    private static let trialPatience: Duration = .seconds(5)
    /// Types come from events: a flood of strange ones is dealt with event by event.
    static let most = 1000

    private var holds: [String: Hold] = [:]
    private var turn = 0

    var count: Int { holds.count }
    var isEmpty: Bool { holds.isEmpty }
    /// Why one of them is on hold, if any is.
    var reason: String? { holds.values.first?.reason }
    var topics: [DispatcherTroubles.Topic] {
        holds.map { DispatcherTroubles.Topic(name: $1.topic, aggregateType: $0, reason: $1.reason) }
    }
    var isFull: Bool { holds.count >= Self.most }

    /// - Returns: whether the hold is new.
    mutating func begin(
        _ aggregateType: String, topic: String, reason: String, trouble: Trouble, now: ContinuousClock.Instant
    ) -> Bool {
        if var hold = holds[aggregateType] {
            hold.reason = reason
            hold.trouble = trouble
            hold.phase = .waiting
            hold.nextQuestion = now + Self.pause(hold.attempts)
            hold.attempts += 1
            holds[aggregateType] = hold
            return false
        }
        holds[aggregateType] = Hold(
            topic: topic, reason: reason, trouble: trouble, attempts: 1, nextQuestion: now + Self.pause(0), began: now)
        return true
    }

    private static func pause(_ attempts: Int) -> Duration {
        min(.milliseconds(500) * (1 << min(attempts, 10)), longestPause)
    }

    /// Whether events of this type may be sent from this lane; a trial that is admitted has begun.
    mutating func admit(_ aggregateType: String, lane: Int) -> Admission {
        guard let hold = holds[aggregateType] else { return .open }
        guard case .trying(lane, _) = hold.phase else { return .held }
        holds[aggregateType]?.phase = .testing
        return .trial
    }

    /// Whether this lane is to try events of a type on hold.
    func isTrying(lane: Int) -> Bool {
        holds.values.contains { if case .trying(lane, _) = $0.phase { true } else { false } }
    }

    /// What the next claim is to leave out.
    ///
    /// - Parameter lanes: those to be claimed.
    mutating func filter(lanes: [Int], now: ContinuousClock.Instant) -> ClaimFilter {
        guard !holds.isEmpty, !lanes.isEmpty else { return ClaimFilter() }
        turn += 1
        let lane = lanes[turn % lanes.count]
        var filter = ClaimFilter()
        for (type, hold) in holds {
            guard case .trying(let chosen, let since) = hold.phase else {
                filter.held.append(type)
                continue
            }
            // A lane that is busy may be about to try.
            if let chosen, !lanes.contains(chosen), now - since < Self.trialPatience {
                filter.held.append(type)
                continue
            }
            holds[type]?.phase = .trying(lane: lane, since: now)
            filter.tried.append(type)
            filter.trialLane = lane
        }
        return filter
    }

    /// Batches of this type are in flight that nobody waits for any more.
    mutating func detached(_ aggregateType: String, batches: Int) {
        holds[aggregateType]?.inFlight += batches
    }

    /// A batch that was in flight when the hold began is settled, or came back.
    ///
    /// - Returns: when the hold began, if it is over with that.
    mutating func returned(
        _ aggregateType: String, isAcknowledged: Bool, now: ContinuousClock.Instant
    ) -> ContinuousClock.Instant? {
        guard let hold = holds[aggregateType], hold.inFlight > 0 else { return nil }
        holds[aggregateType]?.inFlight -= 1
        guard hold.inFlight == 1 else { return nil }
        if isAcknowledged { return end(aggregateType) }
        holds[aggregateType]?.nextQuestion = now
        return nil
    }

    /// A trial came to nothing: it was neither acknowledged nor refused.
    mutating func trialFailed(_ aggregateType: String, now: ContinuousClock.Instant) {
        guard let hold = holds[aggregateType], hold.phase == .testing else { return }
        holds[aggregateType]?.phase = .waiting
        holds[aggregateType]?.nextQuestion = now + Self.pause(hold.attempts)
    }

    /// The broker acknowledged events of this type.
    ///
    /// - Returns: when the hold began, if it is over with that.
    mutating func acknowledged(_ aggregateType: String) -> ContinuousClock.Instant? {
        guard let hold = holds[aggregateType], hold.phase == .testing else { return nil }
        return end(aggregateType)
    }

    /// The types whose topics the cluster is to be asked about, with the topics' names.
    func questions(now: ContinuousClock.Instant) -> [(aggregateType: String, topic: String)] {
        holds.filter { $0.value.phase == .waiting && $0.value.inFlight == 0 && $0.value.nextQuestion <= now }
            .map { ($0.key, $0.value.topic) }
    }

    /// What the cluster says of a topic.
    ///
    /// - Parameter reason: why it can't be used; `nil` when it can.
    /// - Returns: when the hold began, if it is over with that.
    mutating func answered(
        _ aggregateType: String, unusable reason: String?, now: ContinuousClock.Instant
    ) -> ContinuousClock.Instant? {
        guard var hold = holds[aggregateType], hold.phase == .waiting else { return nil }
        if let reason {
            hold.reason = reason
            hold.trouble = .unusable
            hold.nextQuestion = now + min(Self.pause(hold.attempts), .seconds(2))
            hold.attempts += 1
        } else if hold.trouble == .unusable {
            return end(aggregateType)
        } else {
            hold.phase = .trying(lane: nil, since: now)
        }
        holds[aggregateType] = hold
        return nil
    }

    private mutating func end(_ aggregateType: String) -> ContinuousClock.Instant? {
        holds.removeValue(forKey: aggregateType)?.began
    }
}
