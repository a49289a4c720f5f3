/// The read model has not come as far as a reader wants.
public struct SequenceTimeout: Error, Sendable {
    /// How far an aggregate is.
    public struct Progress: Hashable, Sendable {
        public var minimum: MinimumSequence
        /// `nil` when nothing is known of the aggregate.
        public var reached: Int64?

        var isReached: Bool { reached.map { $0 >= minimum.sequence } ?? false }
    }

    /// How long it was waited.
    public var waited: Duration
    /// All that was asked for.
    public var progress: [Progress]
}

extension SequenceTimeout: CustomStringConvertible {
    public var description: String {
        let missing = progress.filter { !$0.isReached }.map { progress in
            "\(progress.minimum.aggregateID) is at \(progress.reached.map(String.init) ?? "nothing yet"), not at "
                + "\(progress.minimum.sequence)"
        }
        return "the read model has not come as far: \(missing.joined(separator: "; "))"
    }
}
