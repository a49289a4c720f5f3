extension TraceContext {
    /// Reads the headers `traceparent` and `tracestate`, strictly.
    ///
    /// Higher versions than 00 are read as far as version 00 goes. A bad `tracestate` is dropped and does not spoil
    /// the rest.
    ///
    /// - Returns: nil if `traceparent` is not valid; the caller then starts a trace of its own.
    public init?(traceparent: String, tracestate: String? = nil) {
        let text = Array(traceparent.utf8)
        guard text.count >= 55, text.count <= 512,
            text[2] == UInt8(ascii: "-"), text[35] == UInt8(ascii: "-"), text[52] == UInt8(ascii: "-"),
            let version = Hexadecimal.parse(text[0..<2]), version != 0xFF,
            let high = Hexadecimal.parse(text[3..<19]), let low = Hexadecimal.parse(text[19..<35]),
            let span = Hexadecimal.parse(text[36..<52]),
            let flags = Hexadecimal.parse(text[53..<55]),
            let traceID = TraceID(high: high, low: low), let spanID = SpanID(span)
        else { return nil }
        if version == 0 {
            guard text.count == 55 else { return nil }
        } else if text.count > 55 {
            guard text[55] == UInt8(ascii: "-") else { return nil }
        }
        self.init(
            traceID: traceID, spanID: spanID, flags: UInt8(truncatingIfNeeded: flags), tracestate: tracestate)
    }

    /// The header `traceparent`: `00-<trace id>-<span id>-<flags>`.
    public var traceparent: String {
        // Only the flags that version 00 defines may be passed on.
        "00-\(traceID)-\(spanID)-\(Hexadecimal.format(UInt64(flags & 1), digits: 2))"
    }
}
