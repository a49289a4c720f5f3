import OutboxCommandLine
import OutboxHTTP

extension ValueParser where Value == HTTPAddress {
    /// Where a service listens; one that does not listen is none.
    static var serviceAddress: ValueParser {
        ValueParser(valueName: "host:port", allowed: "host:port, e.g. 127.0.0.1:9090 or [::1]:0") { text in
            HTTPAddress(text).flatMap { $0.isOff ? nil : $0 }
        }
    }
}
