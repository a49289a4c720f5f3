/// What a run is to be like.
struct RunSettings: Sendable {
    var seed: UInt64
    var seconds: Double
    var brokers = 1
    var dispatchers = 3
    var consumers = 2
    var writers = 8
    /// Events per second that the writers aim at.
    var rate = 300
    var kinds: [FaultKind]
    /// Where the programs under test are; nil for beside this one.
    var tools: String?
    var isJSON = false
    var keepsLogs = false
    /// Kinds that can't be had here, and why.
    var skipped: [String: String] = [:]

    /// The dispatchers' lease in seconds: follows from the seed.
    var lease: Double {
        var generator = SeededGenerator(seed: seed, part: 2)
        return Double(Int.random(in: 3...5, using: &generator))
    }

    /// How the consumers share partitions out: follows from the seed.
    var assignment: String { seed % 2 == 0 ? "cooperativeSticky" : "range" }

    /// The arguments that give the same plan again.
    var arguments: String {
        var text = "--seed \(seed) --seconds \(seconds) --brokers \(brokers) --dispatchers \(dispatchers)"
        text += " --consumers \(consumers) --writers \(writers) --rate \(rate)"
        if kinds.count + skipped.count < FaultKind.allCases.count {
            text += " --kinds \(kinds.map(\.rawValue).joined(separator: ","))"
        }
        if let tools { text += " --tools \(tools)" }
        return text
    }

    static let aggregates = 1000
    static let types = ["order", "invoice"]
    /// The type whose topic doesn't exist until an operator makes it.
    static let typeWithoutTopic = "ghost"
    /// The size limit of the topics, until an operator raises it.
    static let maximumMessageBytes = 65_536
    static let group = "faults"

    static func topic(_ type: String) -> String { "faults.\(type)" }
}
