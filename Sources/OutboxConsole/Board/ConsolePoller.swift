import FoundationEssentials
import Outbox
import OutboxDispatcher
import OutboxTelemetry

/// Looks at the dispatcher and at what it rests on for all watchers together, and only while somebody watches; the
/// dispatcher's figures, which cost nothing, are kept always.
actor ConsolePoller {
    private static let tick: Duration = .seconds(1)

    let configuration: ConsoleConfiguration
    let dispatcher: Dispatcher
    let board: ConsoleBoard
    let sources: ConsoleSources
    let logger = Logger(label: "outbox.console")

    var ring = SampleRing()
    var postedSample: Date?
    var troubles = Troubles()
    var outbox = OutboxLook()
    var beyond = BeyondLook()
    var lookingBeyond: Task<Void, Never>?

    private var isWanted = false
    private var loop: Task<Void, Never>?
    private var refreshing: Task<Void, Never>?
    private var lastRefresh: ContinuousClock.Instant?

    init(
        configuration: ConsoleConfiguration, dispatcher: Dispatcher, board: ConsoleBoard, sources: ConsoleSources
    ) {
        self.configuration = configuration
        self.dispatcher = dispatcher
        self.board = board
        self.sources = sources
    }

    /// Keeps the figures of the last minutes until the task is cancelled.
    func keepSamples() async {
        while !Task.isCancelled {
            ring.add(Reading(at: .now, figures: dispatcher.figures), at: Date())
            if await board.isWatched { await postSamples() }
            try? await Task.sleep(for: SampleRing.interval)
        }
        loop?.cancel()
        lookingBeyond?.cancel()
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
            await sources.consumers?.rest()
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
        outbox.hurry()
        beyond.readModelPace.hurry()
    }

    private func look() async {
        let known = troubles.list()
        await postNow()
        await postSamples()
        await lookAtOutbox()
        lookBeyond()
        if troubles.list() != known { await postNow() }
    }

    // MARK: Putting it up

    func postNow() async {
        let health = dispatcher.health
        let reading = Reading(at: .now, figures: dispatcher.figures)
        let reference = ring.reference
        let delay = reading.delay(since: reference)
        let figures = reading.figures
        troubles.dispatcher = dispatcher.troubles
        troubles.health = health
        troubles.parkedCount = Int(figures.parked)
        troubles.heldCount = Int(figures.heldAggregates)
        await post(
            .now,
            NowSection(
                at: Date(), instance: dispatcher.instance, findings: troubles.list(),
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

    func post(_ section: ConsoleSection, _ value: some Encodable & Sendable) async {
        guard let text = try? ConsoleJSON.text(value) else { return }
        await board.post(section, text)
    }
}
