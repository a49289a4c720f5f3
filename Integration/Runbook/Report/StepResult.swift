/// What came of a step: what was claimed, and whether it was so.
struct StepResult {
    enum Outcome: String {
        case passed, failed, skipped
    }

    let name: String
    let title: String
    private(set) var claims: [(text: String, holds: Bool)] = []
    /// What could not be looked at, and why.
    private(set) var omissions: [String] = []
    /// The names of its evidence files.
    private(set) var files: [String] = []

    init(_ step: any Step) {
        name = step.name
        title = "\(step.name)  \(step.title)"
    }

    mutating func check(_ claim: String, _ holds: Bool) { claims.append((claim, holds)) }

    mutating func omit(_ reason: String) { omissions.append(reason) }

    /// Keeps a text as evidence, with the step's title and the time before it.
    mutating func keep(_ name: String, _ text: String, in run: Run) throws {
        try run.evidence.write(name, "\(title)\n\(Evidence.now)  tenant \(run.tenant)\n\n\(text)\n")
        files.append(name)
    }

    /// Keeps a picture as evidence.
    mutating func keep(_ name: String, bytes: [UInt8], in run: Run) throws {
        try run.evidence.write(name, bytes: bytes)
        files.append(name)
    }

    var outcome: Outcome {
        if claims.contains(where: { !$0.holds }) { return .failed }
        return claims.isEmpty ? .skipped : .passed
    }

    /// All that was claimed, a line each.
    var text: String {
        let lines = claims.map { "   \($0.holds ? "✓" : "✗") \($0.text)" } + omissions.map { "   – \($0)" }
        return lines.joined(separator: "\n")
    }
}
