import FoundationEssentials
import OutboxTelemetry

/// An event's headers as the text of the column `headers`.
enum HeadersJSON {
    private static let none: [UInt8] = Array("{}".utf8)

    /// - Parameters:
    ///   - headers: the event's own.
    ///   - trace: adds `traceparent` and `tracestate` unless they are there.
    static func encode(_ headers: [String: String], trace: TraceContext?) -> [UInt8] {
        var headers = headers
        if let trace, headers["traceparent"] == nil {
            headers["traceparent"] = trace.traceparent
            headers["tracestate"] = trace.tracestate
        }
        guard !headers.isEmpty else { return none }
        // A dictionary of strings always encodes.
        return (try? JSONEncoder().encode(headers)).map(Array.init) ?? none
    }
}
