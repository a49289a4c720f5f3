import FoundationEssentials
import OutboxDoctor

/// The figures of this moment.
struct NowSection: Encodable {
    let at: Date
    /// This dispatcher's name.
    let instance: String
    /// What is wrong, the worst first.
    let findings: [Finding]
    /// Events per second, lately.
    let claimRate: Double
    let publishRate: Double
    let backlog: Double
    let oldestAge: Double
    let held: Double
    let parked: Double
    let producerQueue: Double
    let lanesOwned: Int
    /// Commit → Kafka in seconds; `nil` when nothing was published lately.
    let p50: Double?
    let p99: Double?
    /// Whether a token lets operators in.
    let hasOperators: Bool
    /// Whether events are shown to who shows no token.
    let showsEvents: Bool
}
