/// One rule that a command breaks.
public struct RuleViolation: Hashable, Sendable {
    /// For programs, e.g. `POS_HEADCOUNT_EXCEEDED`.
    public var code: String
    /// The rule's name in the catalogue, e.g. `POS-HEADCOUNT`.
    public var ruleID: String
    public var severity: RuleSeverity
    /// The command's member that is to be changed, if it is one.
    public var field: String?
    /// What is wrong and what is allowed, for people.
    public var message: String

    public init(code: String, ruleID: String, severity: RuleSeverity, field: String? = nil, message: String) {
        self.code = code
        self.ruleID = ruleID
        self.severity = severity
        self.field = field
        self.message = message
    }
}
