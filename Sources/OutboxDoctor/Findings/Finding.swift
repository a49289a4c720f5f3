/// One thing that was looked at: what was seen, why it matters, and what mends it.
package struct Finding: Sendable, Hashable, Codable {
    /// How bad it is, the worst last.
    package enum Severity: String, Sendable, Hashable, Codable, Comparable, CaseIterable {
        /// As it should be.
        case ok
        /// Worth knowing.
        case note
        /// Works, and will not do so in all cases.
        case warning
        /// Events are not carried as they should be, or could be lost.
        case error

        package static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }

        private var rank: Int {
            switch self {
            case .ok: 0
            case .note: 1
            case .warning: 2
            case .error: 3
            }
        }
    }

    /// Where it belongs, in the order in which people read it.
    package enum Group: String, Sendable, Hashable, Codable, CaseIterable {
        case database = "Database"
        case schema = "Schema"
        case broker = "Broker"
        case topics = "Topics"
        case dispatch = "Dispatch"
        case consumers = "Consumers"
    }

    package let id: FindingID
    package let group: Group
    package let severity: Severity
    /// What was seen, in one sentence.
    package let seen: String
    /// Why it matters; empty where nothing is wrong.
    package let why: String
    /// What to do, where no command can say it all.
    package let advice: String?
    /// The commands that mend it, for a shell in which the tool's own settings stand.
    package let commands: [String]
    /// Troubles that would look the same from here.
    package let seeAlso: [FindingID]

    package init(
        _ id: FindingID, _ group: Group, _ severity: Severity, _ seen: String, why: String = "",
        advice: String? = nil, commands: [String] = [], seeAlso: [FindingID] = []
    ) {
        self.id = id
        self.group = group
        self.severity = severity
        self.seen = seen
        self.why = why
        self.advice = advice
        self.commands = commands
        self.seeAlso = seeAlso
    }
}
