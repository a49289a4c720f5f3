import FoundationEssentials
import IdempotentConsumer
import OutboxTelemetry

/// What is seen of the read model: dead letters, and how long events took to get there.
struct ReadModelSection: Encodable {
    struct DeadLetter: Encodable {
        let consumer: String
        let topic: String
        let partition: Int32
        let aggregateType: String
        let aggregateID: String
        /// Of the first event that waits.
        let eventID: UUID?
        let eventType: String?
        /// Its attempts are used up, and it waits for an operator.
        let dead: Bool
        let heldAt: Date
        let attempts: Int
        let waiting: Int64
        let reason: String

        init(_ held: HeldAggregate, consumer: String) {
            self.consumer = consumer
            topic = held.topic
            partition = held.partition
            aggregateType = held.aggregateType
            aggregateID = held.aggregateID
            eventID = held.eventID
            eventType = held.eventType
            dead = held.state == .dead
            heldAt = held.heldAt
            attempts = held.attempts
            waiting = held.waiting
            reason = LogRedaction.redacted(held.lastError)
        }
    }

    /// In seconds, of the events of the last seconds.
    struct Delay: Encodable {
        let at: Date
        let p50: Double
        let p99: Double

        init(at date: Date, p50: Double, p99: Double) {
            at = date
            self.p50 = p50
            self.p99 = p99
        }

        /// - Returns: `nil` for no events.
        init?(_ seconds: [Double], at date: Date) {
            let sorted = seconds.sorted()
            guard let last = sorted.last else { return nil }
            at = date
            p50 = sorted[sorted.count / 2]
            p99 = sorted.count >= 100 ? sorted[sorted.count * 99 / 100] : last
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.unkeyedContainer()
            try container.encode(at.milliseconds)
            for value in [p50, p99] { try container.encode((value * 10_000).rounded() / 10_000) }
        }
    }

    var deadLetters: [DeadLetter] = []
    /// Commit → cache, or commit → read model where the consumers' metrics are not known; while somebody watched.
    var delays: [Delay] = []
    /// Whether the delays are those to the cache.
    var isCache = false
    /// Events applied per second, lately; `nil` when that is not known.
    var rate: Double?
    /// Why there are no delays; `nil` when there may be.
    var unseenDelay: String?
    /// Cached answers that wait to be refreshed; `nil` when they were not counted.
    var staleAnswers: Int64?
    /// Why nothing is seen; `nil` when it is.
    var unseen: String?
}
