import Synchronization

/// What the demo claims, and whether it was so.
final class Checklist: Sendable {
    private let results = Mutex<[(claim: String, holds: Bool)]>([])

    var isRight: Bool { results.withLock { $0.allSatisfy(\.holds) } }

    /// Prints and records a claim.
    func check(_ claim: String, _ holds: Bool) {
        results.withLock { $0.append((claim, holds)) }
        print("   \(holds ? "✓" : "✗") \(claim)")
    }

    func fail(_ claim: String) { check(claim, false) }

    /// - Returns: whether all was right.
    @discardableResult
    func printSummary() -> Bool {
        let all = results.withLock { $0 }
        let wrong = all.filter { !$0.holds }
        Print.heading("Result")
        print("   \(all.count - wrong.count) of \(all.count) claims hold.")
        for entry in wrong { print("   ✗ \(entry.claim)") }
        return wrong.isEmpty
    }
}

/// How the demo looks.
enum Print {
    static func heading(_ text: String) { print("\n── \(text)") }
    static func indented(_ text: String) {
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) { print("   \(line)") }
    }
}
