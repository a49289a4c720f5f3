/// A fault that is to come.
struct PlannedFault: Sendable, Hashable, Codable {
    /// Its place in the plan, from 1.
    let number: Int
    let kind: FaultKind
    /// Seconds from the plan's beginning.
    let at: Double
    /// Seconds from when it strikes until it is mended.
    let lasts: Double
    /// Chooses whom it strikes, modulo how many there are.
    let target: Int
    /// Chooses between variants of it.
    let variant: Int
}
