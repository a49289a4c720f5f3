import FoundationEssentials
import LibPQ
import Outbox
import OutboxDispatcher
import OutboxHTTP
import OutboxTelemetry

/// Looks at the dispatcher and its database for all watchers together, and only while somebody watches; the dispatcher's
/// figures, which cost nothing, are kept always.
actor ConsolePoller {
    private static let tick: Duration = .seconds(1)
    /// A database that fails is asked again after so long.
    private static let rest: Duration = .seconds(3)

    private let configuration: ConsoleConfiguration
    private let dispatcher: Dispatcher
    private let store: ConsoleStore
    private let board: ConsoleBoard
    private var readModel: ReadModelWatch?
    private let readConsumers: (@Sendable () async throws -> [ConsumerProgress])?
    private let logger = Logger(label: "outbox.console")

    private var ring = SampleRing()
    private var postedSample: Date?
    private var troubles = Troubles()
    private var heldPace = Pace(.seconds(1))
    private var waitingPace = Pace(.seconds(2))
    private var slowPace = Pace(.seconds(5))
    private var schemaPace = Pace(.seconds(60))
    private var consumerPace = Pace(.seconds(5))
    private var readModelPace = Pace(.seconds(5))
    private var knownFailures = 0.0
    private var entries: [Holds.Entry] = []
    private var waiting: [Int64: Int64]?
    private var counted: Set<Int64> = []
    private var databaseRest: ContinuousClock.Instant?
    private var consumers = ConsumerWatch()

    private var isWanted = false
    private var loop: Task<Void, Never>?
    private var refreshing: Task<Void, Never>?
    private var lookingBeyond: Task<Void, Never>?
    private var lastRefresh: ContinuousClock.Instant?

    init(
        configuration: ConsoleConfiguration, dispatcher: Dispatcher, store: ConsoleStore, board: ConsoleBoard,
        readModel: ReadModelWatch?, readConsumers: (@Sendable () async throws -> [ConsumerProgress])?
    ) {
        self.configuration = configuration
        self.dispatcher = dispatcher
        self.store = store
        self.board = board
        self.readModel = readModel
        self.readConsumers = readConsumers
    }

    // MARK: When

    /// Keeps the figures of the last minutes until the task is cancelled.
    func keepSamples() async {
        while !Task.isCancelled {
            ring.add(Reading(at: .now, figures: dispatcher.figures), at: Date())
            if await board.isWatched { await postSamples() }
            try? await Task.sleep(for: SampleRing.interval)
        }
        loop?.cancel()
    }

    /// Looks every second from now on, as long as somebody watches.
    func watch() {
        isWanted = true
        guard loop == nil else { return }
        loop = Task {
            while !Task.isCancelled, await isStillWatched() {
                await refresh()
                try? await Task.sleep(for: Self.tick)
            }
            loop = nil
        }
    }

    private func isStillWatched() async -> Bool {
        isWanted = false
        let isWatched = await board.isWatched
        // Somebody may have come meanwhile.
        return isWatched || isWanted
    }

    /// Looks, unless that was done a moment ago; whoever asks meanwhile waits for the same look.
    func refresh(ifOlderThan age: Duration = .zero) async {
        if let refreshing { return await refreshing.value }
        if let lastRefresh, .now - lastRefresh < age { return }
        let task = Task { await look() }
        refreshing = task
        await task.value
        refreshing = nil
        lastRefresh = .now
    }

    /// Something was changed by an operator: all is looked at with the next look.
    func hurry() {
        heldPace.hurry()
        waitingPace.hurry()
        slowPace.hurry()
        readModelPace.hurry()
    }

    // MARK: What

    private func look() async {
        let known = troubles.list()
        await postNow()
        await postSamples()
        let failures = dispatcher.figures.failures
        if failures != knownFailures { heldPace.hurry() }
        if databaseRest.map({ $0 <= .now }) ?? true {
            do {
                try await lookAtDatabase()
                troubles.database = nil
                databaseRest = nil
                knownFailures = failures
            } catch {
                troubles.database = error as? PQError
                databaseRest = .now + Self.rest
                logger.debug("the console can't read the database", metadata: ["error": "\(error)"])
            }
        }
        lookBeyond()
        if troubles.list() != known { await postNow() }
    }

    private func lookAtDatabase() async throws {
        let start = ContinuousClock.now
        if heldPace.isDue(start) {
            entries = try await store.held()
            heldPace.done(since: start, now: .now)
            try await countWaiting()
            await postHeld()
        }
        let slowStart = ContinuousClock.now
        if slowPace.isDue(slowStart) {
            let shares = try await store.lanes()
            troubles.unownedLanes = shares.unowned.count
            try await board.post(.lanes, ConsoleJSON.text(LanesSection(shares, now: Date())))
            try await board.post(.audit, ConsoleJSON.text(audit()))
            slowPace.done(since: slowStart, now: .now)
        }
        let schemaStart = ContinuousClock.now
        if schemaPace.isDue(schemaStart) {
            troubles.schemaVersion = try? await store.schemaVersion()
            schemaPace.done(since: schemaStart, now: .now)
        }
    }

    /// Counting may take too long when much waits; then the counts are left out.
    private func countWaiting() async throws {
        let sequences = Set(entries.map(\.sequence))
        let start = ContinuousClock.now
        guard waitingPace.isDue(start) else { return }
        do {
            waiting = try await store.waiting(behind: Array(sequences))
            counted = sequences
        } catch let error as PQError where error.code == .timeout {
            counted = []
        }
        waitingPace.done(since: start, now: .now)
    }

    private func audit() async throws -> AuditSection {
        do {
            return try await store.audit()
        } catch let error as PQError where error.sqlState == "42501" {
            return AuditSection(unseen: "The dispatcher's role may not read outbox_audit.")
        }
    }

    /// Brokers and the read model may be slow to answer; nothing else waits for them.
    private func lookBeyond() {
        guard lookingBeyond == nil else { return }
        lookingBeyond = Task {
            await lookAtConsumers()
            await lookAtReadModel()
            lookingBeyond = nil
        }
    }

    private func lookAtConsumers() async {
        guard let readConsumers else {
            return await post(
                .consumers, ConsumersSection(unseen: "Not seen from here: OUTBOX_CONSUMER_GROUPS names no group."))
        }
        let start = ContinuousClock.now
        guard consumerPace.isDue(start), dispatcher.troubles.broker == nil else { return }
        do {
            consumers.add(try await readConsumers(), at: start)
            troubles.stoppedGroups = consumers.stopped(now: start)
            await post(.consumers, consumers.section)
        } catch {
            await post(.consumers, ConsumersSection(unseen: "Not seen at present: the brokers did not answer."))
        }
        consumerPace.done(since: start, now: .now)
    }

    private func lookAtReadModel() async {
        let start = ContinuousClock.now
        guard readModelPace.isDue(start) else { return }
        // Nobody else changes it meanwhile: there is one look at a time.
        guard var watch = readModel else {
            readModelPace.done(since: start, now: start + .seconds(3_600))
            return await post(
                .readModel, ReadModelSection(unseen: "Not seen from here: QUERY_DATABASE_URL is not set."))
        }
        do {
            let section = try await watch.look()
            readModel = watch
            await post(.readModel, section)
        } catch {
            logger.debug("the console can't read the read model", metadata: ["error": "\(error)"])
            let reason = (error as? PQError).map { LogRedaction.redacted($0.message) } ?? "no answer"
            await post(.readModel, ReadModelSection(unseen: "Not seen at present: \(reason)."))
        }
        readModelPace.done(since: start, now: .now)
    }

    // MARK: Putting it up

    private func postNow() async {
        let health = dispatcher.health
        troubles.dispatcher = dispatcher.troubles
        troubles.health = health
        let reading = Reading(at: .now, figures: dispatcher.figures)
        let reference = ring.reference
        let delay = reading.delay(since: reference)
        let figures = reading.figures
        await post(
            .now,
            NowSection(
                at: Date(), instance: dispatcher.instance, troubles: troubles.list(),
                claimRate: reading.rate(since: reference, \.claimed),
                publishRate: reading.rate(since: reference, \.published), backlog: figures.backlog,
                oldestAge: figures.oldestAgeSeconds, held: figures.heldAggregates, parked: figures.parked,
                producerQueue: figures.producerQueue, lanesOwned: health.lanesOwned, p50: delay.quantile(0.5),
                p99: delay.quantile(0.99), hasOperators: configuration.operatorToken != nil,
                showsEvents: configuration.isLoopback))
    }

    private func postSamples() async {
        guard let last = ring.samples.last?.at, last != postedSample else { return }
        postedSample = last
        await post(.samples, ring.samples)
    }

    private func postHeld() async {
        let section = HeldSection(entries, waiting: waiting, counted: counted)
        troubles.held = section.rows
        await post(.held, section)
    }

    private func post(_ section: ConsoleSection, _ value: some Encodable & Sendable) async {
        guard let text = try? ConsoleJSON.text(value) else { return }
        await board.post(section, text)
    }
}
