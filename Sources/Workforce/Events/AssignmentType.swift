/// In which way a person holds a position.
public struct AssignmentType: ContractCode {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The person's main position.
    public static let primary = AssignmentType(rawValue: "PRIMARY")
    /// One beside the main position.
    public static let secondary = AssignmentType(rawValue: "SECONDARY")
    /// For a time, in place of somebody.
    public static let acting = AssignmentType(rawValue: "ACTING")

    public static let known: [AssignmentType] = [.primary, .secondary, .acting]
}
