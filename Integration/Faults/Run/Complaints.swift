import Synchronization

/// What was noticed while the run went on.
final class Complaints: Sendable {
    private let all = Mutex<[Violation]>([])

    var violations: [Violation] { all.withLock { $0 } }

    /// - Parameters:
    ///   - check: the name of what does not hold.
    ///   - example: what was seen.
    func add(_ check: String, _ example: String) {
        all.withLock { all in
            if let index = all.firstIndex(where: { $0.check == check }) {
                all[index].add(example)
            } else {
                all.append(Violation(check: check, examples: [example]))
            }
        }
    }
}
