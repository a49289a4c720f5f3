import LibRDKafka
import OutboxTelemetry
import Synchronization

/// Sends lanes' batches to Kafka and says what became of each event.
///
/// Order within an aggregate holds whatever happens: a batch is sent in order, a broker that refuses a record stops
/// the producer behind it (`enable.gapless.guarantee`, which needs a broker that knows the producer: see
/// ``KnownPartitions``), and what was not acknowledged is claimed anew.
final class Publisher: Sendable {
    let directory: TopicDirectory
    let configuration: DispatcherConfiguration
    let logger: Logger
    let metrics: DispatchMetrics
    /// When nothing more may be sent.
    let leaseDeadline = LeaseDeadline()

    private struct State {
        var slots: [ProducerSlot.Kind: ProducerSlot] = [:]
        /// Out of use, and not purged: some batches are still under way in them.
        var leaving: [ProducerSlot] = []
        var deaths: [ProducerSlot.Kind: Deaths] = [:]
        var lastSuccess: ContinuousClock.Instant?
    }
    /// Producers that died without a success in between; each makes the next wait longer.
    private struct Deaths {
        var count = 0
        var noProducerBefore = ContinuousClock.now
        var lastError: KafkaError?
    }
    private let state = Mutex(State())
    private let makingTrouble = Mutex<String?>(nil)
    private let clientError = Mutex<KafkaError?>(nil)
    /// The batches under way, and the topics on hold.
    let traffic = Mutex(Traffic())
    /// Says that there may be something to claim.
    let wakeUp: @Sendable () -> Void

    /// - Throws: ``DispatcherError/Code/producer`` when no producer can be made from the settings.
    init(
        configuration: DispatcherConfiguration, directory: TopicDirectory, logger: Logger, metrics: DispatchMetrics,
        wakeUp: @escaping @Sendable () -> Void = {}
    ) throws {
        self.wakeUp = wakeUp
        self.configuration = configuration
        self.directory = directory
        self.logger = logger
        self.metrics = metrics
        do {
            _ = try slotIfAllowed(.regular)
        } catch {
            throw DispatcherError(
                .producer, "the Kafka producer can't be made; check KAFKA_BOOTSTRAP_SERVERS and KAFKA_CONFIG_*",
                underlying: error)
        }
    }

    /// What keeps producers from being made, or from living, if anything does.
    var trouble: String? {
        makingTrouble.withLock { $0 }
            ?? state.withLock { state in
                // One that stopped behind a refused record did what it should.
                state.deaths.values.first { $0.count >= 3 && $0.lastError?.code != .gaplessGuarantee }
                    .flatMap { deaths in deaths.lastError.map { "\($0)" } }
            }
    }

    /// What the client said last of its connections, since something was acknowledged.
    var lastClientError: KafkaError? { clientError.withLock { $0 } }

    /// Messages queued and in flight.
    var outstanding: Int {
        state.withLock { $0.slots.values.reduce(0) { $0 + $1.producer.outstanding } }
    }

    /// A producer to send through; entered, so the caller must leave it.
    func enterSlot(_ kind: ProducerSlot.Kind) async throws -> ProducerSlot {
        while true {
            try Task.checkCancellation()
            let wait = state.withLock { $0.deaths[kind]?.noProducerBefore ?? .now } - .now
            if wait > .zero { try await Task.sleep(for: wait) }
            do {
                let slot = try slotIfAllowed(kind)
                makingTrouble.withLock { $0 = nil }
                if let limits = directory.limits, !slot.fits(limits) {
                    await retire(slot, purge: false)
                    continue
                }
                if slot.enter() { return slot }
            } catch {
                let isNews = makingTrouble.withLock { trouble in
                    defer { trouble = "\(error)" }
                    return trouble == nil
                }
                if isNews { logger.error("no producer can be made", metadata: ["error": "\(error)"]) }
                try await Task.sleep(for: .seconds(1))
            }
        }
    }

    /// What is known of a topic; waits as long as no broker answers.
    ///
    /// - Parameter isGivenUp: whether to stop waiting.
    /// - Throws: `CancellationError` when it was given up.
    func state(of topic: String, isGivenUp: () -> Bool) async throws -> TopicDirectory.State {
        while true {
            do {
                return try await directory.state(of: topic)
            } catch {
                logger.debug("no broker answers", metadata: ["topic": "\(topic)", "error": "\(error)"])
                if isGivenUp() { throw CancellationError() }
                try await Task.sleep(for: .milliseconds(200))
            }
        }
    }

    /// Takes a slot out of use. With `purge`, what is in flight comes back at once.
    func retire(_ slot: ProducerSlot, purge: Bool) async {
        state.withLock { state in
            if purge { state.leaving.removeAll { $0 === slot } }
            guard state.slots[slot.kind] === slot else { return }
            state.slots[slot.kind] = nil
            state.leaving.removeAll { $0.isUnused }
            if !purge { state.leaving.append(slot) }
            guard let error = slot.producer.fatalError else { return }
            var deaths = state.deaths[slot.kind] ?? Deaths()
            deaths.count += 1
            deaths.lastError = error
            deaths.noProducerBefore = .now + min(.milliseconds(20) * (1 << min(deaths.count, 8)), .seconds(5))
            state.deaths[slot.kind] = deaths
        }
        await slot.retire(purge: purge)
    }

    /// The broker acknowledged events of this type.
    func acknowledged(_ aggregateType: String) {
        state.withLock { state in
            state.deaths = [:]
            state.lastSuccess = .now
        }
        clientError.withLock { $0 = nil }
        released(aggregateType, since: traffic.withLock { $0.holds.acknowledged(aggregateType) })
    }

    /// A producer's end has brought it nearer to the event that is to blame: the next one need not wait.
    func learnedFromDeath(_ kind: ProducerSlot.Kind) {
        state.withLock { $0.deaths[kind] = nil }
    }

    /// When the broker last acknowledged something; `nil` when it never has.
    var lastSuccess: ContinuousClock.Instant? { state.withLock { $0.lastSuccess } }

    /// The producers in use, and those that still have batches.
    var slots: [ProducerSlot] { state.withLock { Array($0.slots.values) + $0.leaving } }

    /// Gives up all that is in flight: the lease is gone, or the time to drain is over.
    func abandon() async {
        for slot in slots { await retire(slot, purge: true) }
    }

    func close() async {
        await abandon()
    }

    private func slotIfAllowed(_ kind: ProducerSlot.Kind) throws -> ProducerSlot {
        try state.withLock { state throws in
            if let slot = state.slots[kind] { return slot }
            let slot = try makeSlot(kind)
            state.slots[kind] = slot
            return slot
        }
    }

    /// How long the clients wait for brokers. A second is soon enough to look whether a broker is back, and seldom
    /// enough. One that is frozen, and keeps its connections open, is given up after 15 s rather than 60.
    static let patience = [
        "reconnect.backoff.max.ms": "1000", "request.timeout.ms": "10000", "socket.timeout.ms": "15000",
    ]

    private func makeSlot(_ kind: ProducerSlot.Kind) throws -> ProducerSlot {
        let limits = directory.limits ?? (ProducerSlot.usualBytes, ProducerSlot.usualBytes)
        let batchBytes = min(ProducerSlot.usualBytes, limits.smallest)
        let maximumMessageBytes = min(max(ProducerSlot.usualBytes, limits.largest), ProducerSlot.mostBytes)
        var producer = KafkaProducerConfiguration(bootstrapServers: configuration.bootstrapServers)
        producer.clientID = "outbox-dispatcher"
        // Whoever sets these otherwise gives up order or durability, so they win over the user's.
        producer.properties = Self.patience.merging(configuration.kafkaProperties) { $1 }.merging(
            [
                "enable.idempotence": "true", "enable.gapless.guarantee": "true", "acks": "all",
                "message.timeout.ms": "0", "batch.size": String(batchBytes),
                "message.max.bytes": String(maximumMessageBytes),
            ], uniquingKeysWith: { $1 })
        if producer.properties["linger.ms"] == nil, producer.properties["queue.buffering.max.ms"] == nil {
            producer.linger = .milliseconds(1)
        }
        if producer.properties["compression.codec"] == nil, producer.properties["compression.type"] == nil {
            producer.compression = .lz4
        }
        if let name = producer.properties["partitioner"], let partitioner = KafkaPartitioner(rawValue: name) {
            producer.partitioner = partitioner
        }
        if kind == .cautious {
            producer.properties["batch.num.messages"] = "1"
            producer.properties["linger.ms"] = "0"
        }
        let logger = logger
        producer.log = { line in
            logger.debug("librdkafka: \(line.message)", metadata: ["facility": "\(line.facility)"])
        }
        if kind == .regular {
            producer.statisticsInterval = .seconds(5)
            let metrics = metrics
            producer.statistics = { ProducerStatistics($0)?.report(to: metrics) }
        }
        producer.errors = { [weak self] error in
            self?.clientError.withLock { last in
                // That all brokers are down is only the sum of what was said before.
                if last == nil || error.code != .allBrokersDown { last = error }
            }
        }
        // What is behind a refused record comes back only when it is thrown away.
        producer.fatal = { [weak self] error in
            // One that dies again and again is an outage, which has its own line.
            let isFirst = self?.state.withLock { $0.deaths[kind] == nil } ?? false
            logger.log(
                level: isFirst ? .notice : .debug, "the producer is replaced", metadata: ["error": "\(error)"])
            Task { await self?.retireDead(kind) }
        }
        return ProducerSlot(
            kind: kind, producer: try KafkaProducer(producer), batchBytes: batchBytes,
            maximumMessageBytes: maximumMessageBytes, partitioner: producer.partitioner)
    }

    private func retireDead(_ kind: ProducerSlot.Kind) async {
        guard let slot = state.withLock({ $0.slots[kind] }), slot.producer.fatalError != nil else { return }
        await retire(slot, purge: true)
    }
}

extension ProducerSlot {
    /// librdkafka's own default for `message.max.bytes` and `batch.size`.
    static let usualBytes = 1_000_000

    /// Whether a batch can't be larger than the smallest topic's limit, and the largest topic's records fit.
    func fits(_ limits: (smallest: Int, largest: Int)) -> Bool {
        batchBytes <= limits.smallest && maximumMessageBytes >= min(limits.largest, Self.mostBytes)
    }

    /// What librdkafka allows for `message.max.bytes`.
    static let mostBytes = 1_000_000_000
}
