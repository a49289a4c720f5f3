import LibPQ
import LibRDKafka
import OutboxTelemetry

/// What is done beside the work: lag and health, holds that others changed, the inbox's retention.
struct ConsumerUpkeep: Sendable {
    let kafka: KafkaConsumer
    let context: PartitionContext
    let state: ConsumerState

    private var configuration: ConsumerConfiguration { context.configuration }

    /// Asks the database now and then, until the task is cancelled; often, since an operator who has decided on a dead
    /// letter waits for it.
    func watchDatabase() async {
        while !Task.isCancelled {
            await watchDatabase(state.partitions)
            try? await Task.sleep(for: .milliseconds(500))
        }
    }

    /// Asks the broker now and then, until the task is cancelled.
    func watchBroker() async {
        while !Task.isCancelled {
            await watchBroker(state.partitions)
            try? await Task.sleep(for: .seconds(2))
        }
    }

    private func watchDatabase(_ processors: [PartitionProcessor<KafkaRecord>]) async {
        do {
            let versions = try await context.store.holdsVersions(of: processors.map(\.id))
            state.databaseAnswered()
            for processor in processors {
                if let version = versions[processor.id] { processor.holdsMayHaveChanged(to: version) }
            }
        } catch {
            guard !Task.isCancelled else { return }
            state.databaseAnswered(false)
            context.logger.debug("the database does not answer", metadata: ["error": "\(error)"])
        }
        context.metrics.heldAggregates.set(processors.reduce(0) { $0 + $1.heldAggregates })
        context.metrics.stalledPartitions.set(processors.count { $0.stall != nil })
    }

    private func watchBroker(_ processors: [PartitionProcessor<KafkaRecord>]) async {
        do {
            if processors.isEmpty { _ = try await kafka.metadata(topics: [], timeout: .seconds(5)) }
            for processor in processors {
                let marks = try await kafka.watermarks(
                    of: KafkaTopicPartition(processor.id), timeout: .seconds(5))
                context.metrics.lag.labels(processor.id.topic, "\(processor.id.partition)")
                    .set(Int(max(0, marks.high - processor.nextOffset)))
            }
            state.brokerAnswered()
        } catch {
            guard !Task.isCancelled else { return }
            state.brokerAnswered(false)
            context.logger.debug("the broker does not answer", metadata: ["error": "\(error)"])
        }
    }

    /// Forgets events that were applied longer ago than the retention, a batch at a time, until the task is cancelled.
    func tidyInbox() async {
        guard let retention = configuration.inboxRetention else { return }
        var isCompared = false
        while !Task.isCancelled {
            if !isCompared { isCompared = await warnAboutRetention(retention) }
            do {
                let deleted = try await context.store.tidyInbox(olderThan: retention, limit: 5_000)
                context.metrics.inboxDeleted.increment(by: deleted)
                // A full batch means that there is more; the pause leaves the server to others.
                try await Task.sleep(for: deleted == 5_000 ? .milliseconds(50) : configuration.upkeepInterval)
            } catch {
                guard !Task.isCancelled else { return }
                context.logger.debug("the inbox could not be tidied", metadata: ["error": "\(error)"])
                try? await Task.sleep(for: configuration.upkeepInterval)
            }
        }
    }

    /// An event that is still on a topic when the inbox has forgotten it takes effect again if it is delivered again.
    /// - Returns: false when it is to be tried again, since no broker has answered, or a pattern has no topic yet.
    private func warnAboutRetention(_ retention: Duration) async -> Bool {
        var topics = Set(configuration.topics.filter { !$0.hasPrefix("^") })
        if topics.count < configuration.topics.count { topics.formUnion(state.partitions.map(\.id.topic)) }
        guard !topics.isEmpty else { return false }
        do {
            let all = try await TopicRetention.read(topics, configuration, logger: context.logger)
            for topic in all where topic.outlasts(retention) { warn(topic, retention) }
            return true
        } catch {
            context.logger.info(
                "the topics' retention could not be compared with the inbox's", metadata: ["error": "\(error)"])
            return (error as? KafkaError)?.isRetriable != true
        }
    }

    private func warn(_ topic: TopicRetention, _ retention: Duration) {
        context.logger.warning(
            """
            the inbox forgets events before their topic does: one that is delivered again after that takes effect again. \
            Raise the inbox's retention, or lower the topic's
            """,
            metadata: [
                "topic": "\(topic.topic)", "topic_settings": "\(topic.settings)",
                "inbox_retention": "\(Int(retention / .seconds(1)))s",
            ])
    }
}
