/// Decides what the dispatcher does next with its lanes; does nothing itself.
///
/// A lane is idle, claiming, publishing or settling, and has at most one batch in flight. That single rule gives
/// order: the next claim of a lane begins at its first event that is not settled.
///
/// Time is a monotonic `Duration` since any fixed moment, given by the caller.
///
/// Integration/Model/OutboxDispatcher.tla is the protocol that it is part of; the steps have the same names there.
struct LaneStateMachine {
    struct Settings {
        /// The most rows of one lane in one claim.
        var batchSize = 500
        /// About how many rows one claim brings.
        var rowsPerClaim = 4000
        /// About how many bytes of payload one claim of lanes with a backlog brings.
        var bytesPerClaim = 3 << 20
        /// No claim begins while as many rows are in flight.
        var maximumRowsInFlight = 10_000
        /// No claim begins while as many bytes of payload are in flight.
        var maximumBytesInFlight = 6 << 20
        /// The longest time between two claims when idle.
        var interval: Duration = .seconds(5)
        /// The time between two looks at the sequence when idle.
        var probeInterval: Duration = .milliseconds(20)
        /// The shortest time between two claims of lanes that had nothing left.
        var shortestPause: Duration = .milliseconds(2)
    }

    enum Phase: Equatable {
        case unowned, idle, claiming, publishing, settling
    }

    struct Lane {
        var phase = Phase.unowned
        /// The lease's epoch; what was claimed under another one is forgotten.
        var epoch: Int64 = 0
        var isLeased = false
        /// It is to be released as soon as nothing of it is in flight; until then it is not claimed.
        var isLeaving = false
        /// The epoch under which it was last released; a lease that isn't newer is over, whoever still says otherwise.
        var releasedEpoch: Int64 = -1
        /// The last claim brought as many rows as it could: there is more.
        var isHot = false
        /// The sequence of the last event that was claimed of it.
        var position: Int64 = 0
        /// Among its first events is one that may have been refused by the broker: they are sent one by one.
        var isCautious = false
        var rowsInFlight = 0
        var bytesInFlight = 0
    }

    enum Action: Equatable {
        case claim(lanes: [Int], limit: Int)
        case settle
        /// Hand these lanes over: they have nothing in flight, and count as not owned from now on.
        case release(lanes: [Int])
        /// Look at the sequence until it moves.
        case probe
        /// Nothing to do before this time, unless something happens.
        case wait(until: Duration)
        /// Draining, and nothing is in flight any more.
        case stop
    }

    private(set) var lanes: [Lane]
    private(set) var leasedUntil: Duration = .zero
    private(set) var isDraining = false
    private(set) var rowsInFlight = 0
    private(set) var bytesInFlight = 0
    private(set) var outcomes: [LaneOutcome] = []
    private let settings: Settings

    private var isClaiming = false
    private var isSweeping = false
    private var isSettling = false
    private var isProbing = false
    private var nextHotLane = 0
    /// Of claims of lanes with a backlog, how many were made.
    private var hotClaims = 0
    /// The size of the payloads that the last claim brought, on average.
    private var bytesPerRow = 0
    /// When idle lanes that had nothing left are looked at again.
    private var nextSweep: Duration = .zero
    private var nextProbe: Duration = .zero
    private var noClaimBefore: Duration = .zero
    private var noSettleBefore: Duration = .zero
    /// When there last was a sign of new events.
    private var lastSign: Duration = .zero

    init(lanes: Int, settings: Settings = Settings()) {
        self.lanes = Array(repeating: Lane(), count: lanes)
        self.settings = settings
    }

    var ownedLanes: Int { lanes.count { $0.isLeased } }
    var hasWorkInFlight: Bool { isClaiming || isSettling || rowsInFlight > 0 || !outcomes.isEmpty }

    private var hasRoom: Bool {
        rowsInFlight < settings.maximumRowsInFlight && bytesInFlight < settings.maximumBytesInFlight
    }

    // MARK: Deciding

    /// What to do now. Call until it answers ``Action/wait(until:)`` or ``Action/stop``.
    mutating func next(now: Duration) -> Action {
        if !isSettling, !outcomes.isEmpty, now >= noSettleBefore {
            isSettling = true
            return .settle
        }
        if isDraining, !hasWorkInFlight { return .stop }
        let leaving = lanes.indices.filter { lanes[$0].isLeaving && lanes[$0].phase == .idle }
        if !leaving.isEmpty {
            for lane in leaving { release(lane) }
            return .release(lanes: leaving)
        }
        if isDraining { return .wait(until: now + .seconds(1)) }
        if !isClaiming, now >= noClaimBefore, now < leasedUntil, hasRoom {
            // A sweep that is due goes first: lanes with a backlog must not starve the others.
            let sweep = now >= nextSweep ? sweepClaim(now: now) : nil
            if let claim = sweep ?? hotClaim() {
                isClaiming = true
                isSweeping = sweep != nil
                for lane in claim.lanes { lanes[lane].phase = .claiming }
                return .claim(lanes: claim.lanes, limit: claim.limit)
            }
        }
        // A claim that comes within the probe's own interval says more than a probe.
        if !isProbing, !isClaiming, now < leasedUntil, now >= nextProbe, now >= noClaimBefore,
            nextSweep > now + settings.probeInterval
        {
            isProbing = true
            return .probe
        }
        return .wait(until: wakeUp(now: now))
    }

    private func wakeUp(now: Duration) -> Duration {
        // At least every few seconds, so that who watches the loop sees it move.
        var time = now + min(settings.interval, .seconds(5))
        if !isSettling, !outcomes.isEmpty { time = min(time, noSettleBefore) }
        if !isClaiming, now < leasedUntil {
            time = min(time, max(nextSweep, noClaimBefore))
            if !isProbing { time = min(time, max(nextProbe, noClaimBefore)) }
        }
        // Whoever waits for something that is in flight is woken by it.
        return time > now ? time : now + settings.shortestPause
    }

    /// Lanes with a backlog: those that are furthest behind, and now and then those whose turn it is.
    ///
    /// Lanes are not equally large. Taken in turns, they would drift apart, and each page of the table, with events of
    /// all of them, would have left the server's memory again when the next lane comes to it.
    private mutating func hotClaim() -> (lanes: [Int], limit: Int)? {
        let rows = min(settings.rowsPerClaim, settings.bytesPerClaim / max(1, bytesPerRow))
        let wanted = max(1, rows / settings.batchSize)
        var chosen = lanes.indices.map { (nextHotLane + $0) % lanes.count }
            .filter { lanes[$0].phase == .idle && lanes[$0].isHot && !lanes[$0].isLeaving }
        guard !chosen.isEmpty else { return nil }
        hotClaims += 1
        // A lane that is behind, and doesn't get on, must not keep the others waiting for ever.
        let isInTurn = hotClaims.isMultiple(of: Self.claimsPerTurn)
        if !isInTurn { chosen.sort { lanes[$0].position < lanes[$1].position } }
        chosen = Array(chosen.prefix(wanted))
        if isInTurn, let last = chosen.last { nextHotLane = (last + 1) % lanes.count }
        return (chosen, settings.batchSize)
    }

    /// One claim of so many takes the lanes in turns.
    private static let claimsPerTurn = 8

    private mutating func sweepClaim(now: Duration) -> (lanes: [Int], limit: Int)? {
        let idle = lanes.indices.filter { lanes[$0].phase == .idle && !lanes[$0].isHot && !lanes[$0].isLeaving }
        guard !idle.isEmpty else {
            nextSweep = now + settings.shortestPause
            return nil
        }
        return (idle, max(1, min(settings.batchSize, settings.rowsPerClaim / idle.count)))
    }

    /// The pause grows with the time that nothing was seen: an event whose transaction took long to commit is then
    /// found in about a tenth of that time.
    private func pause(now: Duration) -> Duration {
        min(max((now - lastSign) / 10, settings.shortestPause), settings.interval)
    }

    // MARK: Leases

    /// How many lanes a renewal brought, and how many leases were found to be over.
    struct LeaseChange: Equatable {
        var taken = 0
        var lost = 0
    }

    /// The lanes leased to this dispatcher now, with their epochs; all others are not, or no longer.
    ///
    /// - Parameter surplus: how many of them are to be handed over.
    @discardableResult
    mutating func leased(_ epochs: [Int: Int64], until: Duration, surplus: Int = 0) -> LeaseChange {
        leasedUntil = until
        var change = LeaseChange()
        var onTheirWay = 0
        for lane in lanes.indices {
            var epoch = epochs[lane]
            if let known = epoch, known <= lanes[lane].releasedEpoch {
                epoch = nil
                onTheirWay += 1
            }
            if lanes[lane].isLeased, epoch != lanes[lane].epoch {
                // What is in flight belongs to the old lease. It is forgotten when it comes back.
                lanes[lane].isLeased = false
                lanes[lane].isLeaving = false
                lanes[lane].isHot = false
                change.lost += 1
            }
            guard let epoch else {
                if lanes[lane].phase == .idle { lanes[lane].phase = .unowned }
                continue
            }
            if !lanes[lane].isLeased {
                nextSweep = .zero
                change.taken += 1
            }
            lanes[lane].epoch = epoch
            lanes[lane].isLeased = true
            if lanes[lane].phase == .unowned { lanes[lane].phase = .idle }
        }
        chooseLeaving(isDraining ? lanes.count : surplus - onTheirWay)
        return change
    }

    /// Chooses which lanes to hand over: those already chosen, then those that can go at once.
    private mutating func chooseLeaving(_ count: Int) {
        func delay(_ lane: Lane) -> Int {
            if lane.isLeaving { return 0 }
            return lane.phase == .idle ? (lane.isHot ? 2 : 1) : 3
        }
        let owned = lanes.indices.filter { lanes[$0].isLeased }
        guard count > 0 || owned.contains(where: { lanes[$0].isLeaving }) else { return }
        let ranked = owned.map { (delay(lanes[$0]), $0) }.sorted { $0 < $1 }.map { $0.1 }
        for (rank, lane) in ranked.enumerated() { lanes[lane].isLeaving = rank < count }
    }

    private mutating func release(_ lane: Int) {
        lanes[lane].phase = .unowned
        lanes[lane].releasedEpoch = lanes[lane].epoch
        lanes[lane].isLeased = false
        lanes[lane].isLeaving = false
        lanes[lane].isHot = false
    }

    /// The lease has run out: nothing is owned until it is renewed.
    mutating func leaseLost() {
        leased([:], until: .zero)
    }

    private mutating func rest(_ lane: Int) {
        lanes[lane].phase = lanes[lane].isLeased ? .idle : .unowned
        rowsInFlight -= lanes[lane].rowsInFlight
        bytesInFlight -= lanes[lane].bytesInFlight
        lanes[lane].rowsInFlight = 0
        lanes[lane].bytesInFlight = 0
    }

    // MARK: What happened

    /// What a claim brought for one of the lanes that it asked for.
    struct ClaimedLane: Equatable {
        let lane: Int
        /// The lease's epoch when the claim was made.
        let epoch: Int64
        let rows: Int
        let bytes: Int
        /// The sequence of its last event, if it has any.
        var last: Int64 = 0
        /// The claim stopped at one of its limits, so there is probably more.
        let isFull: Bool
    }

    /// A claim came back.
    ///
    /// - Parameter claimed: each lane that was asked for.
    /// - Returns: the lanes to publish, and whether to send their events one by one.
    mutating func claimed(_ claimed: [ClaimedLane], now: Duration) -> [(lane: Int, isCautious: Bool)] {
        isClaiming = false
        var toPublish: [(lane: Int, isCautious: Bool)] = []
        for claim in claimed {
            let lane = claim.lane
            lanes[lane].isHot = claim.isFull
            guard lanes[lane].isLeased, lanes[lane].epoch == claim.epoch, claim.rows > 0 else {
                lanes[lane].isHot = lanes[lane].isHot && lanes[lane].isLeased
                rest(lane)
                continue
            }
            lanes[lane].phase = .publishing
            lanes[lane].rowsInFlight = claim.rows
            lanes[lane].bytesInFlight = claim.bytes
            rowsInFlight += claim.rows
            bytesInFlight += claim.bytes
            lanes[lane].position = claim.last
            toPublish.append((lane, lanes[lane].isCautious))
        }
        let (rows, bytes) = claimed.reduce((0, 0)) { ($0.0 + $1.rows, $0.1 + $1.bytes) }
        if rows > 0 { bytesPerRow = bytes / rows }
        if !toPublish.isEmpty { lastSign = now }
        if isSweeping { nextSweep = now + pause(now: now) }
        return toPublish
    }

    /// The database did not answer a claim.
    mutating func claimFailed(lanes failed: [Int], now: Duration, retryAfter: Duration) {
        isClaiming = false
        for lane in failed { rest(lane) }
        noClaimBefore = now + retryAfter
        nextSweep = noClaimBefore
    }

    /// A lane's batch is acknowledged, refused or given up, each of its events.
    mutating func published(_ outcome: LaneOutcome, now: Duration) {
        let lane = outcome.lane
        guard lanes[lane].isLeased, lanes[lane].epoch == outcome.epoch else {
            rest(lane)
            return
        }
        // A suspect that was not sent this time still is one.
        lanes[lane].isCautious = outcome.hasSuspects || lanes[lane].isCautious && outcome.isUnfinished
        if outcome.isUnfinished {
            // Something stayed unsent; the next claim takes it up from the lane's head.
            lanes[lane].isHot = true
        }
        guard !outcome.settled.isEmpty || !outcome.failures.isEmpty else {
            rest(lane)
            return
        }
        lanes[lane].phase = .settling
        outcomes.append(outcome)
    }

    /// A part of a batch that its lane did not wait for is known at last; the lane has gone on meanwhile.
    ///
    /// - Returns: whether there is something to settle.
    mutating func late(_ outcome: LaneOutcome) -> Bool {
        guard lanes[outcome.lane].isLeased, lanes[outcome.lane].epoch == outcome.epoch,
            !outcome.settled.isEmpty || !outcome.failures.isEmpty
        else { return false }
        outcomes.append(outcome)
        return true
    }

    /// Takes what is to be settled in one go, after ``Action/settle``.
    mutating func takeOutcomes() -> [LaneOutcome] {
        defer { outcomes = [] }
        return outcomes
    }

    /// These lanes' batches are settled, or no longer ours to settle.
    mutating func settled(lanes done: [Int], now: Duration) {
        isSettling = false
        for lane in done { rest(lane) }
    }

    /// The database did not answer; the same outcomes are tried again.
    ///
    /// - Returns: those that are no longer ours to settle.
    @discardableResult
    mutating func settleFailed(_ unsettled: [LaneOutcome], now: Duration, retryAfter: Duration) -> [LaneOutcome] {
        isSettling = false
        noSettleBefore = now + retryAfter
        var forgotten: [LaneOutcome] = []
        for outcome in unsettled {
            if lanes[outcome.lane].isLeased, lanes[outcome.lane].epoch == outcome.epoch {
                outcomes.append(outcome)
            } else {
                if outcome.lateType == nil { rest(outcome.lane) }
                forgotten.append(outcome)
            }
        }
        return forgotten
    }

    /// The probe came back.
    ///
    /// - Parameter moved: whether a sequence was drawn since the last one; otherwise the look failed.
    mutating func probed(moved: Bool, now: Duration) {
        isProbing = false
        nextProbe = now + settings.probeInterval
        if moved { sign(now: now) }
    }

    /// Somebody says that there are new events.
    mutating func sign(now: Duration) {
        lastSign = now
        nextSweep = min(nextSweep, now)
    }

    /// From now on nothing is claimed; what is in flight is finished, and each lane handed over when it has come to rest.
    mutating func drain() {
        isDraining = true
        chooseLeaving(lanes.count)
    }
}
