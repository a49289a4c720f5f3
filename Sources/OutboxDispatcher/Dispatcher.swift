public import LibPQ
public import OutboxTelemetry
import LibRDKafka
import Synchronization

/// Carries events from the outbox to Kafka, each aggregate's in order, none lost.
///
/// ```swift
/// let dispatcher = try Dispatcher(configuration, pool: pool)
/// try await dispatcher.run()   // until drain() is called, or the task is cancelled
/// ```
///
/// Delivery is at least once: after a crash, events that were acknowledged but not settled are published again.
/// Order per aggregate holds by first occurrence on the topic. Consumers dedupe on the event's id.
public final class Dispatcher: Sendable {
    let configuration: DispatcherConfiguration
    let store: OutboxStore
    let logger: Logger
    let metrics: DispatchMetrics
    let state = Mutex(DispatcherState())
    private let signals: AsyncStream<DispatchSignal>
    private let signal: AsyncStream<DispatchSignal>.Continuation

    /// Creates a dispatcher; connects nowhere yet.
    /// - Parameters:
    ///   - configuration: how it works.
    ///   - pool: the outbox's database; the dispatcher takes up to four connections at once.
    ///   - logger: what is written to.
    ///   - metrics: where the metrics are registered.
    /// - Throws: ``DispatcherError/Code/invalidConfiguration``.
    public init(
        _ configuration: DispatcherConfiguration, pool: PQPool, logger: Logger = Logger(label: "outbox.dispatcher"),
        metrics: MetricsRegistry = .shared
    ) throws(DispatcherError) {
        try configuration.check()
        self.configuration = configuration
        self.logger = logger
        self.metrics = DispatchMetrics(prefix: configuration.metricPrefix, registry: metrics)
        store = OutboxStore(pool: pool, configuration: configuration)
        (signals, signal) = AsyncStream.makeStream()
    }

    /// What the dispatcher's sessions should be set to; pass it to the pool's configuration.
    public static var sessionSettings: [String: String] { OutboxStore.sessionSettings }

    /// What a dispatcher of so many lanes claims events with, for those who look at its plan.
    package static func claimStatement(lanes: Int, in pool: PQPool) -> PQStatement {
        var configuration = DispatcherConfiguration(instance: "plan", bootstrapServers: "")
        configuration.lanes = lanes
        return OutboxStore(pool: pool, configuration: configuration).claimStatement(
            lanes: Array(0..<min(lanes, 4)), limit: ClaimLimit(rows: configuration.batchSize, lanes: min(lanes, 4)))
    }

    /// Works until it is drained or its task is cancelled; either way what is in flight is finished first, within
    /// the configuration's drain timeout. Outages of servers are waited for.
    ///
    /// - Throws: ``DispatcherError`` for what can't heal by itself: wrong settings, a schema that is not there, another
    ///   dispatcher that was started under the same instance name.
    public func run() async throws {
        try await untilDatabaseAnswers {
            try await store.checkSchema()
            if try await store.isBehindPooler() {
                logger.info("a pooler stands before the database: statements are sent unprepared, settings with each")
            }
        }
        guard !state.withLock({ $0.isDrainRequested }) else { return }
        let admin = try makeAdmin()
        let inquiry = TopicInquiry(admin: admin)
        let directory = TopicDirectory { topic in try await inquiry.state(of: topic) }
        let publisher = try Publisher(
            configuration: configuration, directory: directory, logger: logger, metrics: metrics,
            wakeUp: { self.nudge() })
        logger.info("dispatcher started", metadata: ["instance": "\(configuration.instance)"])
        metrics.active.set(1)
        metrics.lanes.set(configuration.lanes)
        // The work goes on when this task is cancelled: cancellation asks for a drain.
        let work = Task { await self.work(publisher: publisher, admin: admin, inquiry: inquiry) }
        await withTaskCancellationHandler {
            await work.value
        } onCancel: {
            drain()
        }
        await publisher.close()
        await admin.close()
        metrics.active.set(0)
        logger.info("dispatcher stopped", metadata: ["instance": "\(configuration.instance)"])
        if let failure = state.withLock({ $0.failure }) { throw failure }
    }

    /// Asks the dispatcher to finish what is in flight, to hand its lanes over and to stop. Returns at once.
    public func drain() {
        state.withLock { $0.isDrainRequested = true }
        signal.yield(.drain)
    }

    /// Says that events have just been committed, so that none waits for the next probe. Cheap; call it after every
    /// commit of a service that embeds the dispatcher.
    public func nudge() {
        let isFirst = state.withLock { state in
            defer { state.isNudged = true }
            return !state.isNudged
        }
        if isFirst { signal.yield(.nudge) }
    }

    /// Whether progress is possible now.
    public var health: DispatcherHealth {
        state.withLock { $0.health(now: .now) }
    }

    private func work(publisher: Publisher, admin: KafkaAdmin, inquiry: TopicInquiry) async {
        await withTaskGroup(of: Void.self) { group in
            let leases = LeaseKeeper(dispatcher: self)
            group.addTask { await leases.run() }
            group.addTask { await self.keepBacklogMetrics(publisher: publisher) }
            group.addTask { await self.keepTableMetrics() }
            group.addTask { await self.watchBroker(publisher: publisher, admin: admin) }
            group.addTask { await self.watchTopics(publisher: publisher, inquiry: inquiry) }
            group.addTask { await self.keepRetention(self.configuration.retention) }
            let loop = DispatchLoop(
                dispatcher: self, publisher: publisher, leases: leases, signals: signals, signal: signal)
            await loop.run()
            group.cancelAll()
        }
        try? await store.releaseLeases()
    }

    /// Repeats `body` while the database can't be reached.
    private func untilDatabaseAnswers(_ body: () async throws -> Void) async throws {
        var isAnnounced = false
        while !state.withLock({ $0.isDrainRequested }) {
            do {
                try await body()
                databaseAnswered()
                return
            } catch let error as PQError
                where error.isTransient || error.code == .connectionFailed
                || error.code == .poolExhausted
            {
                if !isAnnounced { logger.error("the database does not answer", metadata: ["error": "\(error)"]) }
                isAnnounced = true
                try await Task.sleep(for: .milliseconds(500))
            }
        }
    }

    private func makeAdmin() throws -> KafkaAdmin {
        do {
            return try KafkaAdmin(
                bootstrapServers: configuration.bootstrapServers,
                properties: Publisher.patience.merging(configuration.kafkaProperties) { $1 })
        } catch {
            throw DispatcherError(
                .producer, "no Kafka client can be made; check KAFKA_BOOTSTRAP_SERVERS and KAFKA_CONFIG_*",
                underlying: error)
        }
    }

    func send(_ signal: DispatchSignal) { self.signal.yield(signal) }
}
