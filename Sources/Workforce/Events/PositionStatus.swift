/// How a position is staffed.
public struct PositionStatus: ContractCode {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Nobody is in it.
    public static let vacant = PositionStatus(rawValue: "VACANT")
    /// Somebody is in it, and there is room for more.
    public static let partiallyFilled = PositionStatus(rawValue: "PARTIALLY_FILLED")
    /// As many are in it as it has capacity for.
    public static let filled = PositionStatus(rawValue: "FILLED")
    /// Nobody may be put in it for now.
    public static let inactive = PositionStatus(rawValue: "INACTIVE")
    /// It is gone; its code is not used again.
    public static let deleted = PositionStatus(rawValue: "DELETED")

    public static let known: [PositionStatus] = [.vacant, .partiallyFilled, .filled, .inactive, .deleted]
}
