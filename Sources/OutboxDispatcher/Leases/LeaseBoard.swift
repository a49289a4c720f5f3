import FoundationEssentials

/// Who owns which lane and which dispatchers live, by the database's clock, at one moment.
struct LeaseBoard: Sendable, Equatable {
    struct Lane: Sendable, Equatable {
        /// `nil` when nobody owns it, or when the owner's lease has run out.
        var owner: String?
        var epoch: Int64 = 0
    }

    struct Dispatcher: Sendable, Equatable {
        var instance: String
        var incarnation: UUID
        /// How many lanes it works with.
        var lanes: Int
        /// An operator has told it to take no lanes.
        var isDrained = false
        /// Neither stopped nor silent for the length of its lease.
        var isLive = true
    }

    var lanes: [Lane]
    var dispatchers: [Dispatcher] = []

    func dispatcher(_ instance: String) -> Dispatcher? {
        dispatchers.first { $0.instance == instance }
    }

    /// The lanes that an instance owns, with their epochs.
    func lanes(of instance: String) -> [Int: Int64] {
        var epochs: [Int: Int64] = [:]
        for (lane, state) in lanes.enumerated() where state.owner == instance { epochs[lane] = state.epoch }
        return epochs
    }
}
