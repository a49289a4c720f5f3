/// How log lines are written.
public enum LogFormat: String, Sendable, Hashable, Codable, CaseIterable {
    /// `key=value` pairs, for people.
    case logfmt
    /// A JSON object a line, for machines.
    case json
}
