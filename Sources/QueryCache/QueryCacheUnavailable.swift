/// A cache was not waited for, or not even asked.
public enum QueryCacheUnavailable: Error, Sendable, Hashable {
    /// The call took longer than it may.
    case timedOut(Duration)
    /// The cache failed a moment ago and is left alone.
    case paused
}

extension QueryCacheUnavailable: CustomStringConvertible {
    /// What happened, in a sentence.
    public var description: String {
        switch self {
        case .timedOut(let limit): "the cache did not answer within \(limit)"
        case .paused: "the cache failed a moment ago and is left alone"
        }
    }
}
