/// Why a command was refused. Nothing of it was done.
public struct CommandError: Error, Hashable, Sendable {
    /// The kind of refusal, which a service turns into its answer's status.
    public enum Kind: String, Sendable {
        /// Members of the command are wrong in themselves; each is named.
        case invalid
        /// What the command is about does not exist.
        case notFound
        /// A rule forbids it as things stand.
        case rejected
    }

    public let kind: Kind
    /// At least one; the first gives the error its code.
    public let violations: [RuleViolation]
    /// What was written about the refusal, in a transaction of its own; mostly nothing.
    public internal(set) var events: [EventReceipt] = []
    /// What is to be written about the refusal.
    let consequence: WorkforceEvent?

    init(_ kind: Kind, _ first: RuleViolation, _ others: [RuleViolation] = [], consequence: WorkforceEvent? = nil) {
        self.kind = kind
        self.violations = [first] + others
        self.consequence = consequence
    }

    /// The first violation's.
    public var code: String { violations[0].code }
    public var ruleID: String { violations[0].ruleID }
    public var severity: RuleSeverity { violations[0].severity }
    public var message: String { violations.map(\.message).joined(separator: "; ") }
}

extension CommandError: CustomStringConvertible {
    public var description: String { "\(code) (\(ruleID), \(severity.rawValue)): \(message)" }
}
