/// Where an assignment is in its life.
public struct AssignmentStatus: ContractCode {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    /// It begins on a later day; it reserves its share of the capacity.
    public static let pending = AssignmentStatus(rawValue: "PENDING")
    /// It counts as head count in use.
    public static let active = AssignmentStatus(rawValue: "ACTIVE")
    /// It is over and never changes again.
    public static let ended = AssignmentStatus(rawValue: "ENDED")

    public static let known: [AssignmentStatus] = [.pending, .active, .ended]
}
