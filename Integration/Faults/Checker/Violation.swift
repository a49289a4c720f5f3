/// Something that must hold and doesn't.
struct Violation: Sendable, Hashable, Codable, CustomStringConvertible {
    /// What does not hold.
    let check: String
    private(set) var count = 0
    /// The first few.
    private(set) var examples: [String] = []

    private static let limit = 5

    init(check: String, examples: [String]) {
        self.check = check
        for example in examples { add(example) }
    }

    mutating func add(_ example: String) {
        count += 1
        if examples.count < Self.limit { examples.append(example) }
    }

    var description: String { "\(check): \(count)\n" + examples.map { "    \($0)\n" }.joined() }
}
