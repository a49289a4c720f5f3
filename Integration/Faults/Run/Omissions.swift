import Synchronization

/// What keeps a planned fault from being had; the run goes on without it.
struct Obstacle: Error {
    let reason: String
}

/// The kinds that were planned and could not be had, and why.
final class Omissions: Sendable {
    private let all = Mutex<[String: String]>([:])

    var reasons: [String: String] { all.withLock { $0 } }

    func add(_ kind: FaultKind, _ obstacle: Obstacle) {
        all.withLock { $0[kind.rawValue] = obstacle.reason }
    }
}
