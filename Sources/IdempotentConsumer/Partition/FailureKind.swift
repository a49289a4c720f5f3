import LibPQ

/// Tells what is wrong with an event from what is wrong with the world.
enum FailureKind {
    /// SQLSTATEs of a database that has not been prepared: they hit every event alike.
    private static let unprepared: Set<String> = [
        "42P01",  // undefined table
        "42703",  // undefined column
        "42883",  // undefined function
        "42501",  // insufficient privilege
        "3F000",  // invalid schema name
        "25006",  // read-only transaction, as on a standby
    ]
    /// Classes of SQLSTATEs that are no statement's fault: connections, resources, operators, the system, rollbacks.
    private static let transientClasses: Set<Substring> = ["08", "40", "53", "57", "58", "XX"]

    static func isTransient(_ error: any Error) -> Bool {
        switch error {
        case is CancellationError, is any TransientError: return true
        case let error as PQError: return isTransient(error)
        default: return false
        }
    }

    private static func isTransient(_ error: PQError) -> Bool {
        if error.isTransient { return true }
        switch error.code {
        case .connectionFailed, .connectionLost, .poolExhausted, .poolClosed, .closed, .cancelled, .sharedSession:
            return true
        // A statement that takes too long may be one event's, and must not block the others for ever.
        case .timeout: return false
        default: break
        }
        guard let state = error.sqlState, state != "57014" else { return false }
        return unprepared.contains(state) || transientClasses.contains(state.prefix(2))
    }
}
