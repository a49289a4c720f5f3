import LibRDKafka
import OutboxTelemetry

/// Writes dead letters to `<topic><suffix>`, and creates that topic where it is missing.
///
/// Its clients are made for the first dead letter, since most consumers never write one.
actor KafkaDeadLetterWriter: DeadLetterWriter {
    private let configuration: ConsumerConfiguration
    private let logger: Logger
    private var producer: KafkaProducer?
    private var knownTopics: Set<String> = []

    init(configuration: ConsumerConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
    }

    func write(_ records: [DeadLetterRecord]) async throws {
        do {
            let producer = try connect()
            for topic in Set(records.map(\.message.topic)) { try await ensureTopic(for: topic, producer) }
            let messages = records.map { record in
                KafkaMessage(
                    topic: record.message.topic + configuration.deadLetterSuffix, key: record.message.key,
                    value: record.message.value,
                    headers: record.headers(consumer: configuration.name).map { KafkaHeader($0.name, $0.value) })
            }
            let reports = try await producer.send(messages)
            if let error = reports.compactMap(\.error).first { throw error }
        } catch {
            // Whatever is wrong, the next attempt looks at the topic anew, with a producer that works.
            knownTopics = []
            let failed = producer
            producer = nil
            await failed?.close()
            let topics = Set(records.map(\.message.topic)).sorted().map { $0 + configuration.deadLetterSuffix }
            throw ConsumerError(
                .deadLetter,
                """
                dead letters can't be written to \(topics.joined(separator: ", ")); see that the topic is there and \
                may be written to
                """,
                underlying: error)
        }
    }

    /// Ends the producer, if there is one.
    func close() async {
        let producer = producer
        self.producer = nil
        await producer?.close()
    }

    private func connect() throws -> KafkaProducer {
        if let producer { return producer }
        var settings = KafkaProducerConfiguration(
            bootstrapServers: configuration.bootstrapServers,
            properties: configuration.clientProperties(consumer: false), log: logger.takingKafkaLines)
        settings.clientID = configuration.name
        settings.linger = .zero
        // Order does not matter here, and a broker that does not answer has to become an error.
        settings.gaplessGuarantee = false
        if settings.properties["message.timeout.ms"] == nil { settings.properties["message.timeout.ms"] = "30000" }
        // A broker that does not know the producer yet may take the second request and not the first, which then counts
        // as acknowledged though it is not there (KAFKA-15591).
        settings.properties["max.in.flight.requests.per.connection"] = "1"
        let producer = try KafkaProducer(settings)
        self.producer = producer
        return producer
    }

    private func ensureTopic(for source: String, _ producer: KafkaProducer) async throws {
        let topic = source + configuration.deadLetterSuffix
        guard !knownTopics.contains(topic) else { return }
        let metadata = try await producer.metadata(topics: [source, topic], timeout: .seconds(10))
        guard let found = metadata.topic(topic), found.error == nil, !found.partitions.isEmpty else {
            let partitions = metadata.topic(source)?.partitions.count ?? 1
            try await create(topic, partitions: Int32(clamping: max(1, partitions)))
            return
        }
        knownTopics.insert(topic)
    }

    private func create(_ topic: String, partitions: Int32) async throws {
        let admin = try KafkaAdmin(
            bootstrapServers: configuration.bootstrapServers, clientID: configuration.name,
            properties: configuration.clientProperties(consumer: false), log: logger.takingKafkaLines)
        do {
            // Dead letters stay until somebody has decided.
            let results = try await admin.createTopics([
                KafkaNewTopic(topic, partitions: partitions, settings: ["retention.ms": "-1"])
            ])
            if let error = results.compactMap(\.error).first, error.code != .topicAlreadyExists { throw error }
        } catch {
            await admin.close()
            throw error
        }
        await admin.close()
        logger.notice(
            "created the dead-letter topic", metadata: ["topic": "\(topic)", "partitions": "\(partitions)"])
        knownTopics.insert(topic)
    }
}
