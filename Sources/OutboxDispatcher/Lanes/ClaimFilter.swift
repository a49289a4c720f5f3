/// Which aggregate types a claim leaves out, because their topics take nothing at present.
struct ClaimFilter: Sendable, Equatable {
    /// Left out of all lanes.
    var held: [String] = []
    /// Left out of all lanes but one.
    var tried: [String] = []
    /// The lane that tries them.
    var trialLane: Int?

    var isEmpty: Bool { held.isEmpty && tried.isEmpty }
}
