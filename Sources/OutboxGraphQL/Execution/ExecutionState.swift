import Synchronization

/// What the concurrent parts of one execution share: the errors so far, and whether to go on.
final class ExecutionState: Sendable {
    /// A field's error with the field's place in the document.
    struct FieldError: Sendable {
        var error: GraphQLError
        let offset: Int
    }

    private struct State {
        var errors: [FieldError] = []
        var values = 0
        var stopped: GraphQLError?
    }

    private static let maximumErrors = 100
    private let maximumValues: Int
    private let state = Mutex(State())

    init(maximumValues: Int) {
        self.maximumValues = maximumValues
    }

    /// Errors beyond a hundred are not kept: more would tell nothing new.
    func record(_ error: GraphQLError, at offset: Int) {
        state.withLock { state in
            if state.errors.count < Self.maximumErrors {
                state.errors.append(FieldError(error: error, offset: offset))
            }
        }
    }

    /// Ends the execution: no more resolvers are started.
    func stop(_ error: GraphQLError) {
        state.withLock { state in
            state.stopped = state.stopped ?? error
        }
    }

    /// Counts a value of the answer.
    ///
    /// - Returns: whether to go on.
    func countValue() -> Bool {
        let maximum = maximumValues
        return state.withLock { state in
            state.values += 1
            if state.values > maximum, state.stopped == nil {
                state.stopped = GraphQLError(.limit, "the answer has more than \(maximum) values: ask for less")
            }
            return state.stopped == nil
        }
    }

    var stopped: GraphQLError? {
        state.withLock(\.stopped)
    }

    /// In the order of the document, so that the same request gives the same answer.
    var errors: [FieldError] {
        state.withLock(\.errors).sorted { first, second in first.offset < second.offset }
    }
}
