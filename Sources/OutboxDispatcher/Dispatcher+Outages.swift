import LibRDKafka
import OutboxTelemetry
import Synchronization

// What watches the servers and the topics. An outage is a state, with one line in the log when it begins and one when it
// ends.
extension Dispatcher {
    /// Watches whether the brokers take messages.
    func watchBroker(publisher: Publisher, admin: KafkaAdmin) async {
        let start = ContinuousClock.now
        var isRefusalTold = false
        while !Task.isCancelled {
            var reason: String?
            if publisher.lastSuccess.map({ .now - $0 > .seconds(5) }) ?? true {
                do {
                    _ = try await admin.metadata(topics: [], timeout: .seconds(5))
                    if publisher.outstanding > 0, .now - (publisher.lastSuccess ?? start) > .seconds(15) {
                        reason = "the brokers answer, but acknowledge nothing"
                    }
                } catch {
                    reason = "\(error)"
                }
            }
            // The client's own word says more than that nobody answers.
            let clientError = publisher.lastClientError
            if reason != nil, let clientError { reason = "\(clientError)" }
            reason = publisher.trouble ?? reason
            let isReachable = reason == nil
            let isNews = state.withLock { $0.brokerIs(reachable: isReachable, reason: reason) }
            if !Task.isCancelled, isNews {
                metrics.outage.labels("kafka").set(isReachable ? 0 : 1)
                if let reason {
                    logger.error("Kafka gives no progress; events wait for it", metadata: ["error": "\(reason)"])
                } else {
                    logger.notice("Kafka takes messages")
                }
            }
            // In an outage that began otherwise: now it is the client that is refused, which time does not mend.
            let isRefused = clientError?.code == .authentication || clientError?.code == .tls
            if isReachable {
                isRefusalTold = false
            } else if isRefused, !isRefusalTold, let reason {
                isRefusalTold = true
                if !isNews { logger.error("Kafka refuses this client", metadata: ["error": "\(reason)"]) }
            }
            try? await Task.sleep(for: .seconds(1))
        }
    }

    /// Watches whether single topics take messages.
    func watchTopics(publisher: Publisher, inquiry: TopicInquiry) async {
        while !Task.isCancelled {
            await publisher.lookAfterTopics { topic in try await inquiry.trouble(of: topic) }
            state.withLock { $0.topicsAre(onHold: publisher.heldTopics) }
            for note in publisher.traffic.withLock({ $0.takeNotes() }) {
                // Only for people to read: not worth a second try.
                try? await store.note(note.reason, at: note.sequence)
            }
            try? await Task.sleep(for: .milliseconds(500))
        }
    }
}
