/// A place in a distributed trace, after the W3C Trace Context recommendation.
///
/// It is taken from the saver's task, carried through the outbox row and the Kafka headers, and restored for the
/// projection:
///
/// ```swift
/// try await TraceContext.$current.withValue(received.child()) { … }
/// ```
public struct TraceContext: Sendable, Hashable {
    /// The trace of the running task, if it has one.
    @TaskLocal public static var current: TraceContext?

    /// What the whole trace has in common.
    public var traceID: TraceID
    /// The operation within the trace that caused this one.
    public var spanID: SpanID
    /// The trace flags; bit 0 says that the trace is recorded.
    public var flags: UInt8
    /// The vendors' own data (`tracestate`), checked, or nil.
    public private(set) var tracestate: String?

    /// Makes a context.
    ///
    /// - Parameters:
    ///   - traceID: What the whole trace has in common.
    ///   - spanID: The operation within the trace that caused this one.
    ///   - flags: The trace flags; bit 0 says that the trace is recorded.
    ///   - tracestate: Dropped if it is not valid, as the recommendation demands.
    public init(traceID: TraceID, spanID: SpanID, flags: UInt8 = 1, tracestate: String? = nil) {
        self.traceID = traceID
        self.spanID = spanID
        self.flags = flags
        self.tracestate = tracestate.flatMap { TraceState.normalized($0) }
    }

    /// Whether the trace is recorded.
    public var isSampled: Bool { flags & 1 == 1 }

    /// Starts a trace.
    public static func generate(isSampled: Bool = true) -> TraceContext {
        var generator = SystemRandomNumberGenerator()
        return generate(isSampled: isSampled, using: &generator)
    }

    /// Starts a trace with ids from a given generator.
    public static func generate(
        isSampled: Bool = true, using generator: inout some RandomNumberGenerator
    ) -> TraceContext {
        TraceContext(
            traceID: .random(using: &generator), spanID: .random(using: &generator), flags: isSampled ? 1 : 0)
    }

    /// The context of an operation within this one: the same trace, a new span.
    public func child() -> TraceContext {
        var generator = SystemRandomNumberGenerator()
        return child(using: &generator)
    }

    /// The context of an operation within this one, with its id from a given generator.
    public func child(using generator: inout some RandomNumberGenerator) -> TraceContext {
        var child = self
        child.spanID = .random(using: &generator)
        return child
    }
}
