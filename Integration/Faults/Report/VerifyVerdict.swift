/// What `outbox verify` says of a run, and where the checker says something else.
struct VerifyVerdict: Sendable, Codable {
    /// What it counted: rows by state, records, duplicates, what was applied and set aside.
    let counts: [String: Int]
    /// How many violations of each kind.
    let violations: [String: Int]
    /// Foreign records that were planted: as many are to be unknown.
    let foreign: Int
    /// Where it and the checker contradict each other.
    var disagreements: [String] = []

    /// The violations that nobody has planted.
    var found: [String: Int] {
        var found = violations
        found["unknown", default: 0] -= foreign
        return found.filter { $0.value != 0 }
    }

    /// For people.
    var text: String {
        let kinds = found.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        let records = "\(counts["records"] ?? 0) records, \(counts["duplicates"] ?? 0) duplicates"
        let applied = "\(counts["applied"] ?? 0) applied, \(counts["setAside"] ?? 0) set aside"
        let agreement = disagreements.isEmpty ? "agrees with the checker" : "DISAGREES with the checker"
        return "outbox verify \(agreement): \(records), \(applied); \(kinds.isEmpty ? "no violation" : kinds)"
    }
}
