/// Collects what is wrong with a command's members, so that all of it can be said at once.
struct InputCheck {
    private(set) var violations: [RuleViolation] = []

    mutating func require(_ condition: Bool, _ field: String, _ message: @autoclosure () -> String) {
        guard !condition else { return }
        violations.append(
            RuleViolation(
                code: "VALIDATION_ERROR", ruleID: "INPUT", severity: .medium, field: field,
                message: "\(field): \(message())"))
    }

    mutating func add(_ violation: RuleViolation) { violations.append(violation) }

    /// A code: capital letters, digits, `_` and `-`, at most 64.
    mutating func code(_ value: String, _ field: String) {
        require(
            Identifiers.isCode(value), field,
            "must be 1 to 64 capital letters, digits, underscores or hyphens, and begin with a letter or digit")
    }

    mutating func text(_ value: String, _ field: String, atMost limit: Int = 200) {
        require(!value.isEmpty, field, "must not be empty")
        require(value.unicodeScalars.count <= limit, field, "must have at most \(limit) characters")
        require(!value.utf8.contains(0), field, "must not contain the character U+0000")
    }

    mutating func known<Code: ContractCode>(_ value: Code, _ field: String) {
        require(
            value.isKnown, field, "must be one of \(Code.known.map(\.rawValue).joined(separator: ", "))")
    }

    /// Hundredths from `minimum` to `maximum`.
    mutating func hundredths(_ value: Double, _ field: String, from minimum: Double, to maximum: Double) {
        let scaled = value * 100
        require(
            value >= minimum && value <= maximum && abs(scaled - scaled.rounded()) < 1e-6, field,
            "must be between \(minimum) and \(maximum) with at most two decimals")
    }

    /// - Throws: a ``CommandError`` of kind `invalid` that names every member.
    func finish() throws(CommandError) {
        if let first = violations.first {
            throw CommandError(.invalid, first, Array(violations.dropFirst()))
        }
    }
}
